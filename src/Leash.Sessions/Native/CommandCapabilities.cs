using Leash.Interop;
using Leash.Sessions.Init;

namespace Leash.Sessions.Native;

/// <summary>
/// The capabilities a root command keeps: those that only reach files and ids which the supervisor decides about anyway. Not kept are
/// those that reach the kernel, devices, other processes, raw packets or mounts, and those that would undo the rest.
/// </summary>
internal static class CommandCapabilities
{
    private const int Chown = 0;
    private const int DacOverride = 1;
    private const int Fowner = 3;
    private const int Fsetid = 4;
    private const int Kill = 5;
    private const int Setgid = 6;
    private const int Setuid = 7;
    private const int NetBindService = 10;
    private const int AuditWrite = 29;

    public const ulong Safe = (1ul << Chown) | (1ul << DacOverride) | (1ul << Fowner) | (1ul << Fsetid) | (1ul << Kill)
        | (1ul << Setgid) | (1ul << Setuid) | (1ul << NetBindService) | (1ul << AuditWrite);

    /// <summary>None in a user namespace: there, one would be a capability over everything in it.</summary>
    public static ulong For(IsolationRung rung) => rung == IsolationRung.User ? 0 : Safe & Credentials.ReadPermitted();
}
