namespace Leash.Sessions;

/// <summary>What leash exits with: the command's own code, or what shells, env(1) and timeout(1) use.</summary>
internal static class ExitCodes
{
    /// <summary>leash itself failed.</summary>
    public const int Failure = 125;

    /// <summary>The session was ended by force.</summary>
    public const int Killed = 128 + 9;

    /// <summary>The exit code of a wait(2) status: 128 plus the signal that ended the command, or its own code.</summary>
    public static int FromWaitStatus(int status) => (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
}
