using System.Text;
using Leash.Bpf.Events;
using Leash.Interop;

namespace Leash.Kernel.Tests.Paths;

/// <summary>From an open file to its path: what the hooks decide on.</summary>
public sealed unsafe class WalkTests : IDisposable
{
    private const int LongestPath = 4096;
    private const int LongestName = 255;

    private readonly FileProbe _probe = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-walk-");
    private readonly List<int> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(Interop.Kernel.Close);
        _directory.Delete(recursive: true);
        _probe.Dispose();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/proc/self")]
    [InlineData("/usr//bin/../bin/.")]
    [InlineData("/dev/null")]
    public void Path_IsThatOfTheObject(string path)
    {
        int descriptor = Open(path);

        Assert.Equal((EventReason.None, LinkOf(descriptor)), Text(_probe.Walk(descriptor)));
    }

    [Fact]
    public void Link_IsNotInThePath()
    {
        File.WriteAllText(In("target"), "");
        File.CreateSymbolicLink(In("link"), "target");

        Assert.Equal((EventReason.None, In("target")), Text(_probe.Walk(Open(In("link")))));
    }

    [Fact]
    public void Name_NeedNotBeText()
    {
        using DeepDirectory deep = new();
        deep.Add([0xff, 0xfe, (byte)'\n', 0x80, (byte)'\\']);
        deep.Add(Enumerable.Repeat((byte)0xc3, LongestName).ToArray());

        Assert.Equal((EventReason.None, deep.Path), _probe.Walk(deep.Descriptor), SameBytes);
    }

    [Theory]
    [InlineData(LongestPath - 1)]
    [InlineData(LongestPath)]
    public void LongestPath_IsRead(int length)
    {
        using DeepDirectory deep = new();
        Lengthen(deep, length);

        Assert.Equal((EventReason.None, deep.Path), _probe.Walk(deep.Descriptor), SameBytes);
    }

    [Fact]
    public void PathBeyondTheLongest_HasNone()
    {
        using DeepDirectory deep = new();
        Lengthen(deep, LongestPath + 1);

        Assert.Equal(EventReason.TooLong, _probe.Walk(deep.Descriptor).Reason);
    }

    [Theory]
    [InlineData(120, EventReason.None)]
    [InlineData(130, EventReason.TooLong)]
    internal void Depth_IsLimited(int depth, EventReason expected)
    {
        using DeepDirectory deep = new();
        for (int i = 0; i < depth; i++)
        {
            deep.Add("d"u8);
        }

        Assert.Equal(expected, _probe.Walk(deep.Descriptor).Reason);
    }

    [Fact]
    public void DeletedFile_KeepsItsLastPath()
    {
        File.WriteAllText(In("gone"), "");
        int descriptor = Open(In("gone"));
        File.Delete(In("gone"));

        Assert.Equal((EventReason.None, In("gone")), Text(_probe.Walk(descriptor)));
    }

    [Fact]
    public void ObjectsWithoutAPath_AreTold()
    {
        int* pipe = stackalloc int[2];
        fixed (byte* name = "walk\0"u8)
        {
            // SAFETY: room for two descriptors; the name is terminated.
            Assert.Equal(0, Interop.Kernel.Call(SyscallNumber.pipe2, (nint)pipe, OpenFlags.O_CLOEXEC));
            _opened.AddRange([pipe[0], pipe[1], (int)Interop.Kernel.Call(SyscallNumber.memfd_create, (nint)name, 0)]);
        }

        Assert.All(_opened, d => Assert.Equal(FileProbe.Anonymous, (int)_probe.Walk(d).Reason));
    }

    [Fact]
    public void BadDescriptor_IsNoFile() =>
        Assert.ThrowsAny<Exception>(() => _probe.Walk(1 << 20));

    [Fact]
    public void Chroot_DoesNotShortenThePath() => OnOwnThread(() =>
    {
        File.WriteAllText(In("inside"), "");
        FileRoot root = default;
        _probe.Walk(Open("/"), ref root);
        Call(SyscallNumber.chroot, _directory.FullName);

        int descriptor = Open("/inside");

        Assert.Equal((EventReason.None, In("inside")), Text(_probe.Walk(descriptor, ref root)));
        Assert.Equal((EventReason.None, "/inside"), Text(_probe.Walk(descriptor)));
    });

    [Fact]
    public void FileOutsideOfTheRoot_HasNone() => OnOwnThread(() =>
    {
        int outside = Open("/usr");
        Call(SyscallNumber.chroot, _directory.FullName);

        Assert.Equal(EventReason.Outside, _probe.Walk(outside).Reason);
    });

    [Fact]
    public void Mounts_ArePartOfThePath() => OnOwnThread(() =>
    {
        const int MsRec = 0x4000, MsPrivate = 0x40000, MsBind = 0x1000;
        Directory.CreateDirectory(In("from/below"));
        Directory.CreateDirectory(In("to"));
        Mount("none", "/", MsRec | MsPrivate);
        Mount(In("from"), In("to"), MsBind);

        Assert.Equal((EventReason.None, In("to/below")), Text(_probe.Walk(Open(In("to/below")))));
        Assert.Equal((EventReason.None, In("from/below")), Text(_probe.Walk(Open(In("from/below")))));
    });

    [Fact]
    public void PathThatMovesMeanwhile_IsOneOfBoth()
    {
        Directory.CreateDirectory(In("one/sub"));
        Directory.CreateDirectory(In("two"));
        File.WriteAllText(In("one/sub/file"), "");
        int descriptor = Open(In("one/sub/file"));
        using CancellationTokenSource stop = new();
        Thread mover = new(() => Move(stop.Token));
        mover.Start();
        Dictionary<(EventReason, string), int> seen = [];
        for (int i = 0; i < 20_000; i++)
        {
            var answer = Text(_probe.Walk(descriptor));
            seen[answer] = seen.GetValueOrDefault(answer) + 1;
        }

        stop.Cancel();
        mover.Join();

        Assert.Subset(
            new HashSet<(EventReason, string)> { (EventReason.None, In("one/sub/file")), (EventReason.None, In("two/sub/file")), (EventReason.Renamed, "") },
            seen.Keys.ToHashSet());
        Assert.Contains((EventReason.None, In("two/sub/file")), seen.Keys);
        Assert.Contains((EventReason.None, In("one/sub/file")), seen.Keys);
    }

    private static bool SameBytes((EventReason Reason, byte[] Path) one, (EventReason Reason, byte[] Path) other) =>
        one.Reason == other.Reason && one.Path.AsSpan().SequenceEqual(other.Path);

    private static (EventReason, string) Text((EventReason Reason, byte[] Path) answer) => (answer.Reason, Encoding.UTF8.GetString(answer.Path));

    private static string LinkOf(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget!;

    private static void Lengthen(DeepDirectory deep, int length)
    {
        while (deep.Length < length)
        {
            int left = length - deep.Length - 1;
            int next = left <= LongestName ? left : Math.Min(LongestName, left - 2);
            deep.Add(Enumerable.Repeat((byte)'n', next).ToArray());
        }

        Assert.Equal(length, deep.Length);
    }

    // Its own root, working directory and mounts, which end with the thread.
    private static void OnOwnThread(Action test)
    {
        const int CloneFs = 0x200, CloneNewNs = 0x20000;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, Interop.Kernel.Call(SyscallNumber.unshare, CloneFs | CloneNewNs));
                test();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }
    }

    private static void Call(int number, string path)
    {
        fixed (byte* pointer = Terminated(path))
        {
            // SAFETY: terminated, and pinned for the call.
            Assert.Equal(0, Interop.Kernel.Call(number, (nint)pointer));
        }
    }

    private static void Mount(string source, string target, int flags)
    {
        fixed (byte* from = Terminated(source), to = Terminated(target))
        {
            // SAFETY: terminated, and pinned for the call.
            Assert.Equal(0, Interop.Kernel.Call(SyscallNumber.mount, (nint)from, (nint)to, 0, flags, 0));
        }
    }

    private static byte[] Terminated(string path) => [.. Encoding.UTF8.GetBytes(path), 0];

    private void Move(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Directory.Move(In("one/sub"), In("two/sub"));
            Directory.Move(In("two/sub"), In("one/sub"));
        }
    }

    private string In(string name) => Path.Join(_directory.FullName, name);

    private int Open(string path)
    {
        int descriptor = Descriptors.Open(path, OpenFlags.O_RDONLY);
        Assert.True(descriptor >= 0, path);
        _opened.Add(descriptor);
        return descriptor;
    }
}
