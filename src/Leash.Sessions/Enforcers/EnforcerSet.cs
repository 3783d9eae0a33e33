namespace Leash.Sessions.Enforcers;

/// <summary>What decides about files, programs and processes.</summary>
internal enum FileEnforcer
{
    /// <summary>A supervisor that performs system calls for the command.</summary>
    Seccomp,

    /// <summary>Programs on the kernel's security hooks.</summary>
    BpfLsm,

    /// <summary>The same programs on the functions that call these hooks, where the kernel has no BPF among its security modules.</summary>
    BpfModifyReturn,
}

/// <summary>What decides about endpoints.</summary>
internal enum NetworkEnforcer
{
    /// <summary>The supervisor.</summary>
    Seccomp,

    /// <summary>Programs on the session's cgroup.</summary>
    BpfCgroup,
}

/// <summary>The enforcers of one session: files and network are chosen separately.</summary>
internal readonly record struct EnforcerSet(FileEnforcer Files, NetworkEnforcer Network)
{
    /// <summary>As in the first line of output and in the log.</summary>
    public string Name => Network == NetworkEnforcer.BpfCgroup ? $"{NameOf(Files)} + {EnforcerSelection.BpfCgroup}" : NameOf(Files);

    public static string NameOf(FileEnforcer files) => files switch
    {
        FileEnforcer.Seccomp => EnforcerSelection.Seccomp,
        FileEnforcer.BpfLsm => EnforcerSelection.BpfLsm,
        FileEnforcer.BpfModifyReturn => EnforcerSelection.BpfModifyReturn,
    };
}
