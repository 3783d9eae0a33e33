namespace Leash.Gateway.Connections;

/// <summary>Who made a connection.</summary>
/// <param name="Id">The process, as the machine numbers it; for people only.</param>
/// <param name="Executable">Canonical path of what it executes; null when it cannot be told.</param>
/// <param name="Principal">Its principal class, by which policies decide.</param>
public sealed record GatewayProcess(int Id, string? Executable, int Principal);
