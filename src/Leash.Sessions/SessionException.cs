using System.Runtime.InteropServices;

namespace Leash.Sessions;

/// <summary>A session that could not start. The message is one lower-case line without a period; leash exits with 125.</summary>
internal sealed class SessionException(string message, string? help = null) : Exception(message)
{
    /// <summary>What to do about it, if anything.</summary>
    public string? Help { get; } = help;

    public static SessionException System(string operation, int errno, string? help = null) =>
        new($"cannot {operation}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", help);
}
