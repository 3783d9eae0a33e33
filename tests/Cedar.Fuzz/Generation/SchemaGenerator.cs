namespace Cedar.Fuzz.Generation;

/// <summary>Random schemas that resolve: every name that is used exists.</summary>
internal sealed class SchemaGenerator(SeededRandom random)
{
    private static readonly string[] s_typeNames = ["User", "Group", "Document", "Folder", "Device", "Team_1", "in2"];
    private static readonly string[] s_attributeNames =
        ["name", "level", "owner", "labels", "address", "score", "since", "two words", "if", "type", "flag", "info", "Long"];
    private static readonly string[] s_actionIds = ["view", "edit", "delete it", "share", "list", "ünï\"q"];
    private static readonly string[] s_extensions = ["ipaddr", "decimal", "datetime", "duration"];

    private readonly List<GenType.Common> _commons = [];
    private readonly List<string> _entityNames = [];

    public GenSchema Generate()
    {
        IReadOnlyList<string> namespaces = random.Below(4) switch
        {
            0 => ["App"],
            1 => ["", "App"],
            2 => ["App", "Org::Hr"],
            _ => [""],
        };
        List<(string Name, string Namespace, bool IsEnumerated)> types = [];
        // A name that is declared without a namespace cannot be declared again inside one: mostly avoided, sometimes shown to be refused.
        var mayShadow = random.Percent(10);
        foreach (var ns in namespaces)
        {
            var prefix = ns.Length == 0 && namespaces.Count > 1 && !mayShadow ? "Top" : "";
            foreach (var name in random.Some(s_typeNames, 2, 4))
            {
                types.Add((Qualify(ns, prefix + name), ns, random.Percent(12)));
            }
        }

        _entityNames.AddRange(types.Select(type => type.Name));
        foreach (var ns in namespaces)
        {
            var letter = namespaces.Count > 1 && !mayShadow ? $"{(char)('A' + _commons.Count)}" : "";
            for (var i = random.Below(3); i > 0; i--)
            {
                _commons.Add(new GenType.Common(Qualify(ns, $"Shape{letter}{i}"), random.Percent(60) ? Record(2) : Type(2)));
            }
        }

        var plain = types.Where(type => !type.IsEnumerated).Select(type => type.Name).ToList();
        var entityTypes = types.Select(type => EntityType(type.Name, type.Namespace, type.IsEnumerated, plain)).ToList();
        var actions = namespaces.SelectMany(ns => Actions(ns, ns.Length == 0 && namespaces.Count > 1 && !mayShadow ? "top " : "")).ToList();
        return new GenSchema(namespaces, _commons, entityTypes, actions);
    }

    private GenEntityType EntityType(string name, string ns, bool isEnumerated, List<string> plain)
    {
        if (isEnumerated)
        {
            return new GenEntityType(name, ns, [], [], null, ["red", "green", "two words"]);
        }

        var parents = random.Percent(60) ? random.Some(plain, 1, 2) : [];
        return new GenEntityType(name, ns, parents, Attributes(2, 5), random.Percent(35) ? Type(1) : null, null);
    }

    private List<GenAction> Actions(string ns, string prefix)
    {
        var type = Qualify(ns, "Action");
        List<GenAction> actions = [];
        if (random.Percent(50))
        {
            actions.Add(new GenAction(new GenUid(type, prefix + "any"), ns, [], [], [], new GenType.Record([])));
        }

        foreach (var id in random.Some(s_actionIds, 1, 3))
        {
            var groups = actions.Count > 0 && random.Percent(50) ? random.Some([.. actions.Select(a => a.Uid)], 1, 2) : [];
            var records = _commons.Where(common => common.Resolved is GenType.Record).ToList();
            GenType context = records.Count > 0 && random.Percent(30) ? random.Pick(records) : Record(2);
            actions.Add(new GenAction(new GenUid(type, prefix + id), ns, groups, random.Some(_entityNames, 1, 2), random.Some(_entityNames, 1, 2), context));
        }

        return actions;
    }

    private GenType.Record Record(int depth) => new(Attributes(depth, 4));

    private List<GenAttribute> Attributes(int depth, int most) =>
        [.. random.Some(s_attributeNames, 0, most).Select(name => new GenAttribute(name, Type(depth), random.Percent(65)))];

    private GenType Type(int depth)
    {
        var choice = random.Below(depth > 0 ? 14 : 9);
        return choice switch
        {
            0 or 1 => GenType.Bool,
            2 or 3 => GenType.Long,
            4 => GenType.String,
            5 or 6 => new GenType.Entity(random.Pick(_entityNames)),
            7 => new GenType.Extension(random.Pick(s_extensions)),
            8 => _commons.Count > 0 ? random.Pick(_commons) : GenType.String,
            9 or 10 or 11 => new GenType.Set(Type(depth - 1)),
            _ => new GenType.Record(Attributes(depth - 1, 3)),
        };
    }

    private static string Qualify(string ns, string name) => ns.Length == 0 ? name : $"{ns}::{name}";
}
