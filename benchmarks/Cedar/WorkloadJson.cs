using System.Text.Json;
using Cedar.Authorization;
using Cedar.Values;

namespace Leash.Benchmarks.Cedar;

/// <summary>Workloads in the form that reference.mjs takes.</summary>
internal static class WorkloadJson
{
    public static void Write(string file, IEnumerable<(Workload Workload, Decision Decision)> workloads)
    {
        using var stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        foreach (var (workload, decision) in workloads)
        {
            json.WriteStartObject();
            json.WriteString("name", workload.Name);
            json.WriteString("policies", workload.Policies);
            json.WriteString("decision", decision == Decision.Allow ? "allow" : "deny");
            json.WriteStartObject("request");
            WriteUid(json, "principal", workload.Request.Principal);
            WriteUid(json, "action", workload.Request.Action);
            WriteUid(json, "resource", workload.Request.Resource);
            WriteRecord(json, "context", workload.Request.Context);
            json.WriteEndObject();
            WriteEntities(json, workload);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEntities(Utf8JsonWriter json, Workload workload)
    {
        json.WriteStartArray("entities");
        foreach (var uid in (EntityUid[])[workload.Request.Principal, workload.Request.Action, workload.Request.Resource])
        {
            if (!workload.Entities.TryGet(uid, out var entity))
            {
                continue;
            }

            json.WriteStartObject();
            WriteUid(json, "uid", uid);
            WriteRecord(json, "attrs", entity.Attributes);
            json.WriteStartArray("parents");
            foreach (var parent in entity.Parents)
            {
                WriteUid(json, null, parent);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUid(Utf8JsonWriter json, string? name, EntityUid uid)
    {
        if (name is not null)
        {
            json.WritePropertyName(name);
        }

        json.WriteStartObject();
        json.WriteString("type", uid.Type);
        json.WriteString("id", uid.Id);
        json.WriteEndObject();
    }

    private static void WriteRecord(Utf8JsonWriter json, string name, RecordValue record)
    {
        json.WriteStartObject(name);
        foreach (var (field, value) in record.Fields)
        {
            json.WritePropertyName(field);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, Value value)
    {
        switch (value)
        {
            case BoolValue b:
                json.WriteBooleanValue(b.Value);
                break;
            case LongValue n:
                json.WriteNumberValue(n.Value);
                break;
            case StringValue s:
                json.WriteStringValue(s.Value);
                break;
            case SetValue set:
                json.WriteStartArray();
                foreach (var element in set.Elements)
                {
                    WriteValue(json, element);
                }

                json.WriteEndArray();
                break;
            default:
                throw new NotSupportedException($"no workload has a value like {value}");
        }
    }
}
