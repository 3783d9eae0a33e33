using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Leash.Sessions.Init;

/// <summary>Kinds of messages on the control socket; <c>enum message_kind</c> of init/leash-init.h.</summary>
internal enum InitMessageKind : uint
{
    None = 0,
    Report = 1,
    Failed = 2,
    Hello = 3,
    Listener = 4,
    ExecFailed = 5,
    Stopped = 6,
    Continued = 7,
    Exited = 8,
    Config = 16,
    Active = 17,
    Signal = 18,
    Continue = 19,
}

/// <summary>The step that a failure was in; <c>enum step</c> of init/leash-init.h.</summary>
internal enum InitStep
{
    None = 0,
    Namespaces = 1,
    IdMap = 2,
    MountPropagation = 3,
    Proc = 4,
    Config = 5,
    Bind = 6,
    Terminal = 7,
    Fork = 8,
    WorkingDirectory = 10,
    Limits = 11,
    Capabilities = 12,
    NoNewPrivileges = 13,
    Landlock = 14,
    Filter = 15,
    Listener = 16,
}

/// <summary>How a stopped command is resumed; the value of <see cref="InitMessageKind.Continue"/>.</summary>
internal enum ResumeAs
{
    /// <summary>With the terminal's foreground group as it is.</summary>
    Unchanged = 0,

    /// <summary>As the terminal's foreground group.</summary>
    Foreground = 1,

    /// <summary>In the terminal's background: reading from it stops the command.</summary>
    Background = 2,
}

/// <summary>How much of a machine of its own the command has; <c>enum rung</c> of init/leash-init.h.</summary>
internal enum IsolationRung
{
    /// <summary>No namespaces: descendants are found and ended by their parentage.</summary>
    Plain = 0,

    /// <summary>User, pid, mount, ipc and uts namespaces.</summary>
    User = 1,

    /// <summary>Pid, mount, ipc and uts namespaces of a root session; capabilities are dropped instead of mapped.</summary>
    Root = 2,
}

/// <summary>One message, in the layout of <c>struct message</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InitMessage
{
    public const int Size = 64;

    public InitMessageKind Kind;
    public InitValues Values;

    public static InitMessage Of(InitMessageKind kind, int value = 0)
    {
        InitMessage message = new() { Kind = kind };
        message.Values[0] = value;
        return message;
    }
}

[InlineArray(15)]
internal struct InitValues
{
    private int _first;
}
