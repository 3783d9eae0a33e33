namespace Leash.Sessions;

/// <summary>A session whose enforcement is on and whose command waits for its first instruction.</summary>
/// <param name="Report">What governs it.</param>
/// <param name="Exchange">Exchanges its plan while it runs.</param>
internal sealed record ActiveSession(ProtectionReport Report, PlanExchange Exchange);
