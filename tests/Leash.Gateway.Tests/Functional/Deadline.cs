namespace Leash.Gateway.Tests.Functional;

/// <summary>What a test waits for comes at once or never: one limit for all, far above what a busy machine needs.</summary>
internal static class Deadline
{
    public static CancellationToken Token => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;
}
