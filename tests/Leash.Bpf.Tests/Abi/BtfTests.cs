namespace Leash.Bpf.Tests.Abi;

/// <summary>The C# mirrors against the type information of the objects as they were built.</summary>
public class BtfTests
{
    private static readonly string[] s_objects =
        [.. typeof(BpfObjects).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".bpf.o", StringComparison.Ordinal))];

    [Fact]
    public void Mirrors_HaveTheLayoutOfTheBuiltObjects()
    {
        HashSet<string> found = [];
        foreach (AbiStruct built in s_objects.SelectMany(name => Btf.Read(BpfObjects.Read(name)).Structs))
        {
            if (AbiMirror.Structs.SingleOrDefault(s => s.Name == built.Name) is { } mirror)
            {
                found.Add(built.Name);
                Assert.Equal(built.Size, mirror.Size);
                Assert.Equal(built.Fields, mirror.Fields);
            }
        }

        Assert.Empty(AbiMirror.Structs.Select(s => s.Name).Except(found));
    }
}
