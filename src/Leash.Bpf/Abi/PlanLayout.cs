using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Leash.Bpf.Abi;

/// <summary>Numbers of <c>leash_abi.h</c> about plans.</summary>
[AbiConstants("LEASH_")]
internal static class PlanAbi
{
    public const int PageShift = 15;
    public const int PageSize = 1 << PageShift;
    public const uint PlanMagic = 0x4e414c50;
    public const int PathMax = 4096;
    public const int NameMax = 255;
    public const int MaxProbes = 32;
    public const int MaxDfas = 8;
    public const int MaxPrincipals = 65536;
    public const uint NoPrincipal = 0xffffffff;
    public const uint ForbidProtected = 1u << 31;
    public const uint NodeRoot = 0;
    public const uint NodeAbstract = 0xfffffffe;
    public const uint NodeName = 0xfffffffd;
    public const ushort LiteralHasChildren = 1;
    public const int MaxArgumentTests = 10;
}

/// <summary><c>struct leash_masks</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashMasks
{
    public uint Permit;
    public uint Forbid;
}

/// <summary><c>struct leash_literal</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashLiteral
{
    public ulong Hash;
    public uint Parent;
    public uint Node;
    public uint Name;
    public ushort NameLength;
    public ushort Flags;
    public uint Exact;
    public uint Under;
}

/// <summary><c>struct leash_dfa</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashDfa
{
    public uint Transitions;
    public uint Columns;
    public uint Labels;
    public uint ColumnBits;
    public uint Start;
    public uint StateCount;
}

/// <summary>The automata of an index.</summary>
[InlineArray(PlanAbi.MaxDfas)]
internal struct LeashDfas
{
    private LeashDfa _first;
}

/// <summary><c>struct leash_path_index</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashPathIndex
{
    public uint Literals;
    public uint Mask;
    public uint RootExact;
    public uint RootUnder;
    public uint Abstract;
    public uint HasNames;
    public uint DfaCount;
    public uint BackwardDfas;
    public LeashDfas Dfas;
}

/// <summary><c>struct leash_principals</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashPrincipals
{
    public uint Count;
    public uint Initial;
    public uint SymbolCount;
    public uint DfaSymbols;
    public uint ByScript;
    public uint ByBinary;
    public LeashPathIndex Index;
}

/// <summary><c>enum leash_argument_kind</c>.</summary>
[AbiConstants("LEASH_")]
internal enum LeashArgumentKind : uint
{
    ArgsContain = 1,
    ArgsEmpty = 2,
    Argv0Is = 3,
    Argv0Like = 4,
    InterpreterIs = 5,
    InterpreterLike = 6,
}

/// <summary><c>struct leash_argument_test</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashArgumentTest
{
    public LeashArgumentKind Kind;
    public uint Text;
    public uint TextLength;
    public uint Reserved;
    public LeashDfa Dfa;
}

/// <summary>The tests on arguments.</summary>
[InlineArray(PlanAbi.MaxArgumentTests)]
internal struct LeashArgumentTests
{
    private LeashArgumentTest _first;
}

/// <summary><c>struct leash_exec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashExec
{
    public uint TestCount;
    public uint Masks;
    public LeashArgumentTests Tests;
}

/// <summary><c>struct leash_plan</c>, at address 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashPlan
{
    public uint Magic;
    public uint AbiVersion;
    public ulong Generation;
    public uint PageCount;
    public uint Rows;
    public uint RowCount;
    public uint Process;
    public LeashPathIndex Paths;
    public LeashPrincipals Principals;
    public LeashExec Exec;
    public LeashEndpointIndex Endpoints;
}
