using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Leash.Bpf.Abi;

/// <summary>What a program of the hooks' object does (<c>enum leash_hook_kind</c>).</summary>
[AbiConstants("LEASH_HOOK_")]
internal enum HookRowKind : uint
{
    /// <summary>Decides: an LSM program, or fmod_ret on the function.</summary>
    Return = 1,

    /// <summary>Watches: an LSM program, or fentry on the function.</summary>
    Void = 2,

    /// <summary>As its section says, with either.</summary>
    Trace = 3,

    /// <summary>On a tracepoint, with either.</summary>
    Tracepoint = 4,
}

/// <summary>A row of the table of hooks (<c>struct leash_hook</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LeashHook
{
    public HookProgramName program;
    public HookName hook;
    public HookFunctionName function;
    public HookRowKind kind;
    public uint is_required;

    /// <summary>Text that ends with a zero.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

/// <summary><c>char[16]</c>.</summary>
[InlineArray(16)]
internal struct HookProgramName
{
    private byte _first;
}

/// <summary><c>char[32]</c>.</summary>
[InlineArray(32)]
internal struct HookName
{
    private byte _first;
}

/// <summary><c>char[48]</c>.</summary>
[InlineArray(48)]
internal struct HookFunctionName
{
    private byte _first;
}
