using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>
/// Reads values (Cedar spec, "Entities and context syntax"). Where the schema's type is known, entities may be written without
/// <c>__entity</c> and values of extension types without <c>__extn</c>; whether the value fits the type is for validation to say. Every method
/// returns null after a report.
/// </summary>
internal sealed class ValueReader(JsonShape shape)
{
    internal const string EntityEscape = "__entity";
    internal const string ExtensionEscape = "__extn";

    public Value? Value(JsonNode node, SchemaType? type) => node switch
    {
        JsonNode.Bool flag => Values.Value.Of(flag.Value),
        JsonNode.Number number => shape.Long(number) is { } value ? Values.Value.Of(value) : null,
        JsonNode.Text text => type is SchemaType.Extension extension ? Implicit(extension.Name, text) : Values.Value.Of(text.Value),
        JsonNode.Array array => Set(array, (type as SchemaType.Set)?.Element),
        JsonNode.Object members => Object(members, type),
        _ => shape.Wrong<Value>(node, "a value"),
    };

    /// <summary>A record whose fields may have their own types.</summary>
    public RecordValue? Record(JsonNode node, string what, Func<string, SchemaType?> typeOf)
    {
        if (shape.Object(node, what) is not { } members)
        {
            return null;
        }

        List<KeyValuePair<string, Value>> fields = [];
        var isWhole = true;
        foreach (var member in members.Members)
        {
            if (Value(member.Value, typeOf(member.Name)) is { } value)
            {
                fields.Add(new KeyValuePair<string, Value>(member.Name, value));
            }
            else
            {
                isWhole = false;
            }
        }

        return isWhole ? Values.Value.RecordOf(fields) : null;
    }

    /// <summary><c>{"type": "User", "id": "alice"}</c>, also inside of <c>__entity</c>.</summary>
    public EntityUid? Uid(JsonNode node)
    {
        const string What = "an entity such as {\"type\": \"User\", \"id\": \"alice\"}";
        if (shape.Object(node, What) is not { } members)
        {
            return null;
        }

        if (members.Find(EntityEscape) is { } inner)
        {
            return Uid(inner);
        }

        return shape.Required(members, "type") is { } typeNode && TypeName(typeNode) is { } type
            && shape.Required(members, "id") is { } idNode && shape.Text(idNode, "the entity's id, a string") is { } id
            ? new EntityUid(type, id)
            : null;
    }

    /// <summary>The full name of an entity type.</summary>
    public string? TypeName(JsonNode node)
    {
        if (shape.Text(node, "the name of an entity type, a string") is not { } type)
        {
            return null;
        }

        if (Identifiers.IsTypeName(type))
        {
            return type;
        }

        shape.Diagnostics.Error(CedarCodes.InvalidJsonValue, $"{CedarString.Quote(type)} is not the name of an entity type", node.Span);
        return null;
    }

    private SetValue? Set(JsonNode.Array array, SchemaType? element)
    {
        var items = ImmutableArray.CreateBuilder<Value>(array.Items.Length);
        foreach (var item in array.Items)
        {
            if (Value(item, element) is { } value)
            {
                items.Add(value);
            }
        }

        return items.Count == array.Items.Length ? new SetValue(items.MoveToImmutable()) : null;
    }

    private Value? Object(JsonNode.Object members, SchemaType? type)
    {
        if (members.Find(EntityEscape) is not null || (type is SchemaType.Entity && members.Find("type") is not null))
        {
            return Uid(members) is { } uid ? Values.Value.Of(uid) : null;
        }

        if (members.Find(ExtensionEscape) is { } call)
        {
            return shape.Object(call, "a call such as {\"fn\": \"ip\", \"arg\": \"10.0.0.1\"}") is { } given ? Call(given) : null;
        }

        return type is SchemaType.Extension && members.Find("fn") is not null
            ? Call(members)
            : Record(members, "a record", name => (type as SchemaType.Record)?.Attributes.GetValueOrDefault(name)?.Type);
    }

    /// <summary>The value that a string stands for where an extension type is expected.</summary>
    private Value? Implicit(string typeName, JsonNode.Text text) => Apply(typeName == "ipaddr" ? "ip" : typeName, text, [text]);

    private Value? Call(JsonNode.Object call)
    {
        if (shape.Required(call, "fn") is not { } nameNode || shape.Text(nameNode, "the name of a function, a string") is not { } name)
        {
            return null;
        }

        if (call.Find("args") is { } several)
        {
            return shape.Array(several, "the arguments, an array") is { } list ? Apply(name, call, list.Items) : null;
        }

        return shape.Required(call, "arg") is { } one ? Apply(name, call, [one]) : null;
    }

    private Value? Apply(string name, JsonNode place, ImmutableArray<JsonNode> arguments)
    {
        if (ExtensionFunction.Find(name) is not { } function)
        {
            shape.Diagnostics.Error(
                CedarCodes.UnknownFunction, $"unknown function {CedarString.Quote(name)}", place.Span,
                Suggestion.DidYouMean(name, ExtensionFunction.All.Select(known => known.Name)));
            return null;
        }

        if (arguments.Length != function.Arity)
        {
            shape.Diagnostics.Error(
                CedarCodes.ArgumentCount, $"`{name}` takes {function.Arity} argument{(function.Arity == 1 ? "" : "s")}, not {arguments.Length}", place.Span);
            return null;
        }

        var values = new Value?[2];
        for (var i = 0; i < arguments.Length; i++)
        {
            var type = function.ParameterTypes[i] == "string" ? SchemaType.String : new SchemaType.Extension(function.ParameterTypes[i]);
            values[i] = Value(arguments[i], type);
            if (values[i] is not { } value)
            {
                return null;
            }

            if (value.TypeName != function.ParameterTypes[i])
            {
                shape.Diagnostics.Error(
                    CedarCodes.InvalidJsonValue, $"`{name}` takes a {function.ParameterTypes[i]}, not a {value.TypeName}", arguments[i].Span);
                return null;
            }
        }

        if (function.Body(values[0]!, values[1]) is { } result)
        {
            return result;
        }

        shape.Diagnostics.Error(CedarCodes.InvalidJsonValue, $"`{name}` cannot read {values[0]}", place.Span);
        return null;
    }
}
