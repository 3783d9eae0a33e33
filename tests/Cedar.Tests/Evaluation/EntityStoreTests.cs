using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Values;

namespace Cedar.Tests.Evaluation;

public sealed class EntityStoreTests
{
    [Fact]
    public void Ancestors_AreFoundThroughTheWholeHierarchy()
    {
        var store = new EntityStore(Make("a", "b", "c"), Make("b", "d"), Make("d", "e"), Make("e"), Make("lone"));

        Assert.All(["b", "c", "d", "e"], ancestor => Assert.True(store.IsAncestor(Uid("a"), Uid(ancestor))));
        Assert.False(store.IsAncestor(Uid("e"), Uid("a")));
        Assert.False(store.IsAncestor(Uid("a"), Uid("lone")));
        Assert.False(store.IsAncestor(Uid("absent"), Uid("a")));
        Assert.Equal(5, store.Entities.Count);
        Assert.False(EntityStore.Empty.TryGet(Uid("a"), out _));
    }

    [Theory]
    [InlineData("a>a", "entity `T::\"a\"` is its own parent")]
    [InlineData("a>b b>a", "the hierarchy has a cycle: `T::\"a\"` in `T::\"b\"` in `T::\"a\"`")]
    [InlineData("x>a a>b b>c c>b", "the hierarchy has a cycle: `T::\"b\"` in `T::\"c\"` in `T::\"b\"`")]
    [InlineData("a>b,x b>c x>z c>a", "the hierarchy has a cycle: `T::\"a\"` in `T::\"b\"` in `T::\"c\"` in `T::\"a\"`")]
    [InlineData("a>b a>c", "entity `T::\"a\"` is given twice with different data")]
    [InlineData("a>b a>b,c", "entity `T::\"a\"` is given twice with different data")]
    public void EntitiesThatMakeNoStore_AreNamed(string edges, string message)
    {
        var entities = Read(edges);

        Assert.False(EntityStore.TryCreate(entities, out var store, out var error));
        Assert.Null(store);
        Assert.Equal(message, error.Message);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new EntityStore(entities)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a>b a>b")]
    [InlineData("a>b,c a>c,b")]
    [InlineData("a>b,c b>c")]
    [InlineData("a>b,c b>d c>d d>e")]
    [InlineData("a>outside b>a")]
    public void EntitiesWithoutCycle_MakeAStore(string edges) => Assert.True(EntityStore.TryCreate(Read(edges), out _, out _));

    [Fact]
    public void SameUidWithOtherAttributesOrTags_IsRefused()
    {
        var plain = new Entity(Uid("a"), RecordValue.Empty, []);

        Assert.True(EntityStore.TryCreate([plain, plain with { Parents = default }], out _, out _));
        Assert.False(EntityStore.TryCreate([plain, plain with { Attributes = Value.RecordOf(new KeyValuePair<string, Value>("x", 1)) }], out _, out _));
        Assert.False(EntityStore.TryCreate([plain, plain with { Tags = Value.RecordOf(new KeyValuePair<string, Value>("x", 1)) }], out _, out _));
    }

    [Fact]
    public void Ancestors_AreListed()
    {
        var store = new EntityStore(Read("a>b,c b>d d>e f"));

        Assert.True(store.GetAncestors(Uid("a")).IsListed);
        Assert.Equal(["b", "c", "d", "e"], store.GetAncestors(Uid("a")).Listed.ToArray().Select(uid => uid.Id).Order());
        Assert.Empty(store.GetAncestors(Uid("f")).Listed.ToArray());
        Assert.Empty(store.GetAncestors(Uid("absent")).Listed.ToArray());
        Assert.True(store.GetAncestors(Uid("absent")).IsListed);
        Assert.False(Ancestors.Unlisted.IsListed);
    }

    [Fact]
    public void VeryDeepHierarchyAndLongCycle_AreReadInTime()
    {
        const int Depth = 200_000;
        var chain = Enumerable.Range(0, Depth).Select(i => Make($"{i}", $"{i + 1}")).ToList();

        Assert.True(new EntityStore(chain).IsAncestor(Uid("0"), Uid($"{Depth}")));
        Assert.False(EntityStore.TryCreate([.. chain, Make($"{Depth}", "0")], out _, out var error));
        Assert.Equal(Depth + 1, error.Entities.Length);
        Assert.True(error.Message.Length < 300);
    }

    [Fact]
    public void DeepHierarchy_IsNoProblem()
    {
        const int Depth = 500;
        var store = new EntityStore(Enumerable.Range(0, Depth).Select(i => Make($"{i}", $"{i + 1}")));

        Assert.True(store.IsAncestor(Uid("0"), Uid($"{Depth}")));
    }

    private static List<Entity> Read(string edges) =>
        [.. edges.Split(' ').Select(edge => edge.Split('>')).Select(sides => Make(sides[0], sides.Length > 1 ? sides[1].Split(',') : []))];

    private static EntityUid Uid(string id) => new("T", id);

    private static Entity Make(string id, params string[] parents) => new(Uid(id), RecordValue.Empty, parents.Select(Uid).ToImmutableArray());
}
