using Leash.Interop;

namespace Leash.Sessions.Init;

/// <summary>Turns a failed step into words and advice.</summary>
internal static class InitFailure
{
    public static SessionException Describe(in InitMessage message, IReadOnlyList<BindMount> binds)
    {
        InitStep step = (InitStep)message.Values[0];
        int errno = message.Values[1];
        int index = message.Values[2];
        string? bind = step == InitStep.Bind && index < binds.Count ? $"mount `{binds[index].Source}` on `{binds[index].Target}`" : null;
        return SessionException.System(bind ?? Operation(step), errno, Help(step, errno));
    }

    public static string Operation(InitStep step) => step switch
    {
        InitStep.None => "set the session up",
        InitStep.Namespaces => "create namespaces",
        InitStep.IdMap => "map user ids",
        InitStep.MountPropagation => "separate mounts",
        InitStep.Proc => "mount a fresh /proc",
        InitStep.Config => "read the session's configuration",
        InitStep.Bind => "mount a volume",
        InitStep.Terminal => "set up the session's terminal",
        InitStep.Fork => "start a process",
        InitStep.WorkingDirectory => "enter the working directory",
        InitStep.Limits => "set resource limits",
        InitStep.Capabilities => "drop capabilities",
        InitStep.NoNewPrivileges => "set no_new_privs",
        InitStep.Landlock => "apply the Landlock floor",
        InitStep.Filter => "install the system call filter",
        InitStep.Listener => "hand over the system call listener",
    };

    private static string? Help(InitStep step, int errno) => step switch
    {
        InitStep.Bind when errno == Errno.ENOENT => "both the source and the target have to exist",
        InitStep.Bind when errno == Errno.EPERM =>
            "volumes need namespaces, which this machine refuses; `leash doctor` says why",
        InitStep.Filter when errno == Errno.EBUSY => "this process is already supervised; leash cannot run inside another session",
        InitStep.Filter => "the kernel or the container refuses seccomp user notification; `leash doctor` says what is missing",
        _ => null,
    };
}
