using System.Runtime.InteropServices;

namespace Leash.Benchmarks.Hook;

/// <summary>Of the programs: <c>struct leash_file_question</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Question
{
    public uint Descriptor;
    public uint Actions;
    public uint Repeat;
    public int Result;
    public ulong Nanoseconds;
    public ulong RootMount;
    public ulong RootDentry;
}
