using System.Runtime.InteropServices;

namespace Leash.Bpf.Abi;

/// <summary>Numbers of <c>leash_abi.h</c> about sessions.</summary>
[AbiConstants("LEASH_")]
internal static class SessionAbi
{
    public const uint AbiVersion = 2;
    public const uint MaxSessions = 256;
}

/// <summary>How a session is enforced (<c>enum leash_session_flag</c>).</summary>
[Flags]
[AbiConstants("LEASH_SESSION_")]
internal enum SessionFlags : uint
{
    /// <summary>Denials by policy are recorded and happen nevertheless.</summary>
    Shadow = 1 << 0,

    /// <summary>Everything is denied.</summary>
    Frozen = 1 << 1,

    /// <summary>Files, programs and processes are decided by the kernel programs.</summary>
    Files = 1 << 2,

    /// <summary>Endpoints are.</summary>
    Network = 1 << 3,

    /// <summary>Every allowed operation is an event; without it, the first of its kind.</summary>
    AllEvents = 1 << 4,

    /// <summary>Connections to loopback addresses go to the gateway, too.</summary>
    Loopback = 1 << 5,
}

/// <summary>A session, in the map <c>leash_sessions</c> by the id of its cgroup (<c>struct leash_session</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashSession
{
    public uint slot;
    public SessionFlags flags;
    public ulong cgroup;
    public ulong root_mount;
    public ulong root_dentry;
    public uint pid_namespace;
    public uint supervisor;
    public uint dns4;
    public ushort dns_port;
    public ushort gateway_port;
}

/// <summary>What a governed task carries (<c>struct leash_task</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashTask
{
    public ulong cgroup;
    public uint slot;
    public uint principal;
    public ulong generation;
    public ulong exec_id;
}
