using System.Runtime.InteropServices;

namespace Leash.Kernel.Tests.Paths;

/// <summary>What a run on an open file is asked, and what it answers: <c>struct leash_file_question</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileQuestion
{
    public uint Descriptor;
    public uint Actions;
    public uint Repeat;
    public int Result;
    public ulong Nanoseconds;
    public FileRoot Root;
}

/// <summary>A root directory: pointers of the kernel's.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileRoot
{
    public ulong Mount;
    public ulong Dentry;
}
