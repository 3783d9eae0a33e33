using Leash.Bpf;

namespace Leash.Bpf.Tests;

public class ObjectTests
{
    [Fact]
    public void EmbeddedObject_IsElf() => Assert.True(BpfObjects.Read("leash_test.bpf.o").AsSpan().StartsWith("\u007fELF"u8));
}
