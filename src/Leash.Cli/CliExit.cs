namespace Leash.Cli;

/// <summary>Exit codes of leash itself; a command's own code is passed on.</summary>
internal static class CliExit
{
    public const int Success = 0;

    /// <summary>The answer is no: a policy has errors, a log is not intact.</summary>
    public const int Negative = 1;

    /// <summary>A mistake on the command line or in a policy.</summary>
    public const int Usage = 2;

    /// <summary>Leash itself failed.</summary>
    public const int Failure = 125;

    /// <summary>The command does not exist, as shells have it.</summary>
    public const int NotFound = 127;

    /// <summary>In the log of a session whose leash was killed, as shells have it.</summary>
    public const int Killed = 137;
}
