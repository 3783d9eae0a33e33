using Leash.Interop;

namespace Leash.Kernel.Tests.Paths;

/// <summary>Directories one in the other, made and opened one by one, so that no limit on the length of a path stands in the way.</summary>
internal sealed unsafe class DeepDirectory : IDisposable
{
    private const int AtRemoveDirectory = 0x200;

    private readonly string _top = Directory.CreateTempSubdirectory("leash-deep-").FullName;
    private readonly Stack<(int Parent, byte[] Name)> _names = [];

    public DeepDirectory() => Descriptor = Descriptors.Open(_top, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);

    /// <summary>The innermost one, open.</summary>
    public int Descriptor { get; private set; }

    /// <summary>How many bytes its path has.</summary>
    public int Length => _top.Length + _names.Sum(n => n.Name.Length + 1);

    public byte[] Path => [.. System.Text.Encoding.UTF8.GetBytes(_top), .. _names.Reverse().SelectMany(n => (byte[])[(byte)'/', .. n.Name])];

    /// <summary>Goes one further down.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        byte[] terminated = [.. name, 0];
        fixed (byte* pointer = terminated)
        {
            // SAFETY: terminated, and pinned for the calls.
            Assert.Equal(0, Interop.Kernel.Call(SyscallNumber.mkdirat, Descriptor, (nint)pointer, 0x1c0));
            int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC;
            _names.Push((Descriptor, name.ToArray()));
            Descriptor = (int)Interop.Kernel.Call(SyscallNumber.openat, Descriptor, (nint)pointer, flags, 0);
        }

        Assert.True(Descriptor >= 0);
    }

    public void Dispose()
    {
        Interop.Kernel.Close(Descriptor);
        foreach ((int parent, byte[] name) in _names)
        {
            byte[] terminated = [.. name, 0];
            fixed (byte* pointer = terminated)
            {
                // SAFETY: terminated, and pinned for the call.
                Interop.Kernel.Call(SyscallNumber.unlinkat, parent, (nint)pointer, AtRemoveDirectory);
            }

            Interop.Kernel.Close(parent);
        }

        Directory.Delete(_top);
    }
}
