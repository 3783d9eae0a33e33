namespace Cedar.Fuzz.Generation;

/// <summary>The entities that policies, data and requests of one world talk about.</summary>
internal sealed class EntityPool
{
    private readonly GenSchema _schema;

    public EntityPool(GenSchema schema, SeededRandom random, int mostPerType)
    {
        _schema = schema;
        foreach (var type in schema.EntityTypes.Where(type => type.Choices is null))
        {
            for (var i = random.Between(1, mostPerType); i > 0; i--)
            {
                Entities.Add(new GenUid(type.Name, random.Percent(5) ? $"odd \"{i}\"\n" : $"e{i}"));
            }
        }
    }

    /// <summary>Those with data, each after its possible parents' index order: an entity's parents come before it.</summary>
    public List<GenUid> Entities { get; } = [];

    /// <summary>One of the type; rarely one without data.</summary>
    public GenUid Pick(SeededRandom random, string type)
    {
        if (_schema.FindEntityType(type)?.Choices is { } choices)
        {
            return new GenUid(type, random.Percent(3) ? "no choice" : random.Pick(choices));
        }

        var known = Entities.Where(uid => uid.Type == type).ToList();
        return known.Count == 0 || random.Percent(4) ? new GenUid(type, "unknown") : random.Pick(known);
    }
}

/// <summary>The kinds of things that a request is about.</summary>
internal sealed record RequestShape(string Principal, GenAction Action, string Resource);
