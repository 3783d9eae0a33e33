using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Leash.Bpf.Abi;

namespace Leash.Bpf.Events;

/// <summary>What a sample is about (<c>enum leash_event_kind</c>).</summary>
[AbiConstants("LEASH_EVENT_")]
internal enum EventKind : ushort
{
    Path = 1,
    Exec = 2,
    Endpoint = 3,
    Process = 4,
    Structural = 5,
    Exit = 6,
}

/// <summary>What the kernel programs did (<c>enum leash_verdict</c>).</summary>
[AbiConstants("LEASH_")]
internal enum EventVerdict : byte
{
    Deny = 0,
    Allow = 1,
    WouldDeny = 2,
}

/// <summary>Why they did it (<c>enum leash_reason</c>).</summary>
[AbiConstants("LEASH_REASON_")]
internal enum EventReason : byte
{
    None = 0,
    Permit = 1,
    NoPermit = 2,
    Forbid = 3,
    Protected = 4,
    Structural = 5,
    Outside = 6,
    TooLong = 7,
    Deleted = 8,
    Renamed = 9,
    Unreadable = 10,
    NoPlan = 11,
    NoPrincipal = 12,
    Frozen = 13,
    Arguments = 14,
    NoStorage = 15,
    Anonymous = 16,
}

/// <summary>The fixed part of a sample (<c>struct leash_event</c>); its texts follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashEvent
{
    public EventKind kind;
    public EventVerdict verdict;
    public EventReason reason;
    public uint actions;
    public ulong time;
    public ulong generation;
    public ulong exec_id;
    public ulong parent_exec_id;
    public uint pid;
    public uint tid;
    public uint principal;
    public int syscall;
    public int error;
    public uint value;
    public uint count;
    public ushort path_length;
    public ushort second_length;
    public uint arguments_length;
    public ushort family;
    public ushort port;
    public byte protocol;
    public byte address_length;
    public ushort reserved;
    public EventAddress address;
}

/// <summary>An address in network order, of which the first 4 or 16 bytes count.</summary>
[InlineArray(Length)]
internal struct EventAddress
{
    public const int Length = 16;

    private byte _first;
}
