using Leash.Bpf;

namespace Leash.Kernel.Tests;

public class AbiVersionTests
{
    [Fact]
    public void EmbeddedObject_HasBtf() => Assert.True(BpfObjects.Read("leash_test.bpf.o").AsSpan().IndexOf(".BTF"u8) > 0);
}
