using System.Text;

namespace Cedar.Fuzz.Generation;

/// <summary>A generated schema in Cedar syntax, in one of the many ways to write it.</summary>
internal sealed class SchemaWriter(SeededRandom random, GenSchema schema)
{
    private readonly StringBuilder _text = new();
    private string _namespace = "";

    public string Write()
    {
        foreach (var ns in schema.Namespaces)
        {
            _namespace = ns;
            if (ns.Length > 0)
            {
                Annotation();
                _text.Append($"namespace {ns} {{\n");
            }

            WriteNamespace(ns);
            if (ns.Length > 0)
            {
                _text.Append("}\n");
            }
        }

        return _text.ToString();
    }

    private void WriteNamespace(string ns)
    {
        foreach (var common in schema.Commons.Where(common => NamespaceOf(common.Name) == ns))
        {
            Annotation();
            _text.Append($"type {LastPart(common.Name)} = {Type(common.Target)};\n");
        }

        foreach (var type in schema.EntityTypes.Where(type => type.Namespace == ns))
        {
            Annotation();
            _text.Append(EntityType(type));
        }

        foreach (var action in schema.Actions.Where(action => action.Namespace == ns))
        {
            Annotation();
            _text.Append(Action(action));
        }
    }

    private void Annotation()
    {
        if (random.Percent(8))
        {
            _text.Append("// a comment\n");
        }

        if (random.Percent(10))
        {
            _text.Append(random.Percent(50) ? "@doc(\"it \\\"is\\\"\") " : "@note ");
        }
    }

    private string EntityType(GenEntityType type)
    {
        if (type.Choices is { } choices)
        {
            return $"entity {LastPart(type.Name)} enum [{string.Join(", ", choices.Select(CedarText.Quote))}];\n";
        }

        var parents = type.Parents.Count switch
        {
            0 => "",
            1 when random.Percent(50) => $" in {Name(type.Parents[0])}",
            _ => $" in [{string.Join(", ", type.Parents.Select(Name))}]",
        };
        var shape = type.Attributes.Count == 0 && random.Percent(70) ? "" : $"{(random.Percent(50) ? " =" : "")} {Record(type.Attributes)}";
        return $"entity {LastPart(type.Name)}{parents}{shape}{(type.Tags is null ? "" : $" tags {Type(type.Tags)}")};\n";
    }

    private string Action(GenAction action)
    {
        var groups = action.Groups.Count switch
        {
            0 => "",
            1 when random.Percent(50) => $" in {Group(action.Groups[0])}",
            _ => $" in [{string.Join(", ", action.Groups.Select(Group))}]",
        };
        var head = $"action {CedarText.Name(action.Uid.Id)}{groups}";
        if (!action.Applies)
        {
            return head + ";\n";
        }

        var context = action.Context is GenType.Record { Attributes.Count: 0 } && random.Percent(50) ? "" : $", context: {Type(action.Context)}";
        return $"{head} appliesTo {{ principal: {Names(action.Principals)}, resource: {Names(action.Resources)}{context}{(random.Percent(30) ? "," : "")} }};\n";
    }

    private string Group(GenUid uid) =>
        NamespaceOf(uid.Type) == _namespace && random.Percent(70) ? CedarText.Name(uid.Id) : uid.ToString();

    private string Names(IReadOnlyList<string> names) =>
        names.Count == 1 && random.Percent(50) ? Name(names[0]) : $"[{string.Join(", ", names.Select(Name))}]";

    private string Type(GenType type) => type switch
    {
        GenType.Primitive x => Builtin(x.Name),
        GenType.Extension x => Builtin(x.Name),
        GenType.Entity x => Name(x.Name),
        GenType.Common x => Name(x.Name),
        GenType.Set x => $"Set<{Type(x.Element)}>",
        GenType.Record x => Record(x.Attributes),
        _ => throw new InvalidOperationException(),
    };

    private string Builtin(string name) => random.Percent(10) ? $"__cedar::{name}" : name;

    private string Record(IReadOnlyList<GenAttribute> attributes)
    {
        var fields = attributes.Select(a =>
            $"{(random.Percent(20) ? CedarText.Quote(a.Name) : CedarText.Name(a.Name))}{(a.Required ? "" : "?")}: {Type(a.Type)}");
        return $"{{ {string.Join(", ", fields)}{(attributes.Count > 0 && random.Percent(20) ? "," : "")} }}";
    }

    private string Name(string name) => NamespaceOf(name) == _namespace && random.Percent(60) ? LastPart(name) : name;

    private static string NamespaceOf(string name)
    {
        var end = name.LastIndexOf("::", StringComparison.Ordinal);
        return end < 0 ? "" : name[..end];
    }

    private static string LastPart(string name) => name[(name.LastIndexOf(':') + 1)..];
}
