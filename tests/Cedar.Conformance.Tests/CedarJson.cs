using System.Collections.Immutable;
using System.Text.Json;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Conformance.Tests;

/// <summary>Reads the JSON form of entities and values, as far as the corpora use it.</summary>
/// <param name="plainUids">
/// Whether an object of just <c>type</c> and <c>id</c> is an entity. The handwritten cases leave that to the schema.
/// </param>
internal sealed class CedarJson(bool plainUids)
{
    public EntityStore ReadEntities(JsonElement entities) => new(entities.EnumerateArray().Select(ReadEntity));

    public EntityUid ReadUid(JsonElement uid)
    {
        if (uid.TryGetProperty("__entity", out var inner))
        {
            uid = inner;
        }

        return new EntityUid(uid.GetProperty("type").GetString()!, uid.GetProperty("id").GetString()!);
    }

    public RecordValue ReadRecord(JsonElement record) =>
        Value.RecordOf(record.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, ReadValue(p.Value))));

    public Request ReadRequest(JsonElement request) => new(
        ReadUid(request.GetProperty("principal")),
        ReadUid(request.GetProperty("action")),
        ReadUid(request.GetProperty("resource")),
        ReadRecord(request.GetProperty("context")));

    private Entity ReadEntity(JsonElement entity) => new(
        ReadUid(entity.GetProperty("uid")),
        ReadRecord(entity.GetProperty("attrs")),
        entity.TryGetProperty("tags", out var tags) ? ReadRecord(tags) : RecordValue.Empty,
        entity.GetProperty("parents").EnumerateArray().Select(ReadUid).ToImmutableArray());

    private Value ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => Value.SetOf(value.EnumerateArray().Select(ReadValue)),
        JsonValueKind.Object => ReadObject(value),
        _ => throw new InvalidDataException($"no Cedar value: {value}"),
    };

    private Value ReadObject(JsonElement value)
    {
        if (value.TryGetProperty("__extn", out var extension))
        {
            return ReadExtension(extension.GetProperty("fn").GetString()!, extension);
        }

        var isUid = value.TryGetProperty("__entity", out _)
            || (plainUids && value.EnumerateObject().Count() == 2 && value.TryGetProperty("type", out _) && value.TryGetProperty("id", out _));
        return isUid ? ReadUid(value) : ReadRecord(value);
    }

    private Value ReadExtension(string function, JsonElement call)
    {
        var arguments = call.TryGetProperty("args", out var several) ? several.EnumerateArray() : Enumerable.Repeat(call.GetProperty("arg"), 1);
        var expression = new Expr.Call(
            function, function == "offset", [.. arguments.Select(argument => new Expr.Literal(ReadValue(argument), default))], default);
        return Evaluator.EvaluateClosed(expression).Value ?? throw new InvalidDataException(call.ToString());
    }
}
