using Leash.Bpf;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Libbpf;

public class LibbpfTests
{
    private const string Object = "leash_test.bpf.o";

    [Fact]
    public void TestRun_OfASyscallProgram_ReturnsItsValue()
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read(Object), "leash_test");
        using var loaded = opened.Load();
        using var program = loaded.GetProgram("leash_nothing");

        Assert.Equal(0u, program.TestRun([]).Value);
        Assert.Equal(BpfProgramType.BPF_PROG_TYPE_SYSCALL, program.Info.type);
    }

    [Fact]
    public void Program_OutlivesItsObject()
    {
        BpfProgram program;
        using (var loaded = OpenedBpfObject.Open(BpfObjects.Read(Object), "leash_test").Load())
        {
            program = loaded.GetProgram("leash_nothing");
        }

        using (program)
        {
            Assert.Equal(0u, program.TestRun([]).Value);
        }
    }

    [Fact]
    public void Programs_AreListedWithTheirSections()
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read(Object), "leash_test");

        Assert.Contains(opened.Programs, p => p.Name == "leash_nothing" && p.Section == "syscall" && p.IsLoadedWithObject);
    }

    [Fact]
    public void Open_OfNoObject_Throws()
    {
        var e = Assert.Throws<LibbpfException>(() => OpenedBpfObject.Open([1, 2, 3, 4], "broken"));

        Assert.StartsWith("cannot open the object `broken`: ", e.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, e.Errno);
    }

    [Fact]
    public void Program_ThatIsMissing_Throws()
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read(Object), "leash_test");

        Assert.Equal(Errno.ENOENT, Assert.Throws<LibbpfException>(() => opened.Program("absent")).Errno);
    }

    [Fact]
    public void Load_OfARefusedProgram_KeepsTheVerifiersLog()
    {
        // r0 is never set.
        var e = Assert.Throws<LibbpfException>(() => BpfProgram.Load(
            "leash_bad", BpfProgramType.BPF_PROG_TYPE_SOCKET_FILTER, default, 0, [0x95]));

        Assert.Equal(Errno.EACCES, e.Errno);
        Assert.Contains("R0 !read_ok", e.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Pin_ThatIsMissing_Throws() =>
        Assert.Equal(Errno.ENOENT, Assert.Throws<LibbpfException>(() => BpfMap.OpenPinned("/sys/fs/bpf/absent/map")).Errno);

    [Fact]
    public void Library_ThatIsMissing_IsNamedWithItsPackage()
    {
        var e = Assert.Throws<LibbpfException>(() => LibbpfCalls.Resolve("libbpf.so.99"));

        Assert.Contains("libbpf.so.99", e.Message, StringComparison.Ordinal);
        Assert.Contains("libbpf1", e.Message, StringComparison.Ordinal);
        Assert.StartsWith("v1.", LibbpfCalls.Version, StringComparison.Ordinal);
    }
}
