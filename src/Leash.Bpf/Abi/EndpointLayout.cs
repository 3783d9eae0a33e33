using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Leash.Bpf.Abi;

/// <summary>Numbers of <c>leash_abi.h</c> about endpoints.</summary>
[AbiConstants("LEASH_")]
internal static class EndpointAbi
{
    public const uint MaxRanges = 1u << 20;
    public const int MaxNames = 64;
    public const int MaxNameClasses = 2;
}

/// <summary>A range of IPv4 addresses, which ends where the next starts (<c>struct leash_range4</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashRange4
{
    public uint Start;
    public uint Class;
}

/// <summary>A range of IPv6 addresses, which ends where the next starts (<c>struct leash_range6</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashRange6
{
    public ulong High;
    public ulong Low;
    public uint Class;
    public LeashReserved3 Reserved;
}

/// <summary>Three words that are zero.</summary>
[InlineArray(3)]
internal struct LeashReserved3
{
    private uint _first;
}

/// <summary>Twelve words that are zero.</summary>
[InlineArray(12)]
internal struct LeashReserved12
{
    private uint _first;
}

/// <summary>The ranges of one family (<c>struct leash_ranges</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashRanges
{
    public uint First;
    public uint Bits;
    public uint Ranges;
    public uint Count;
}

/// <summary>What holds for the addresses of a range (<c>struct leash_address_class</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashAddressClass
{
    public uint Bare;
    public uint Named;
    public uint Joint;
    public uint Reserved;
}

/// <summary>What holds for a name, or one part of it (<c>struct leash_name_class</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashNameClass
{
    public uint Vector;
    public uint Joint;
}

/// <summary>The endpoints of a plan (<c>struct leash_endpoint_index</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashEndpointIndex
{
    public LeashRanges V4;
    public LeashRanges V6;
    public uint PortBlocks;
    public uint PortColumns;
    public uint UdpColumns;
    public uint Columns;
    public uint Vectors;
    public uint VectorCount;
    public uint AddressClasses;
    public uint AddressClassCount;
    public uint NameClasses;
    public uint NameClassCount;
    public uint Joint;
    public uint JointColumns;
    public LeashReserved12 Reserved;
}

/// <summary>An address, IPv4 in 16 bytes, network byte order.</summary>
[InlineArray(16)]
internal struct LeashAddressBytes
{
    private byte _first;
}

/// <summary>Key of the map <c>leash_names</c> (<c>struct leash_name_key</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashNameKey
{
    public ulong Generation;
    public uint Slot;
    public uint Reserved;
    public LeashAddressBytes Address;
}

/// <summary>The classes of a name.</summary>
[InlineArray(EndpointAbi.MaxNameClasses)]
internal struct LeashNameClasses
{
    private uint _first;
}

/// <summary>A name that an address is known by (<c>struct leash_known_name</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashKnownName
{
    public ulong Expires;
    public uint Count;
    public LeashNameClasses Classes;
    public uint Reserved;
}

/// <summary>The names of an address.</summary>
[InlineArray(EndpointAbi.MaxNames)]
internal struct LeashKnownNameList
{
    private LeashKnownName _first;
}

/// <summary>Value of the map <c>leash_names</c> (<c>struct leash_known_names</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashKnownNames
{
    public uint Count;
    public uint Reserved;
    public LeashKnownNameList Names;
}

/// <summary>Value of the map <c>leash_delegates</c> (<c>struct leash_delegate</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashDelegate
{
    public ulong Cgroup;
    public uint Principal;
    public uint Tid;
}

/// <summary>An endpoint (<c>struct leash_address</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashAddress
{
    public LeashAddressBytes Address;
    public ushort Port;
    public ushort Family;
    public uint Reserved;
}

/// <summary>Key of the map <c>leash_originals</c> (<c>struct leash_flow</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashFlow
{
    public LeashAddressBytes Address;
    public ushort Port;
    public ushort Reserved;
    public uint Slot;
}

/// <summary>Value of the map <c>leash_originals</c> (<c>struct leash_original</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashOriginal
{
    public LeashAddress Destination;
    public ulong Cgroup;
    public ulong ExecId;
    public uint Pid;
    public uint Principal;
}
