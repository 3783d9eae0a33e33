using System.Text.Json;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Json;
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
            json.WritePropertyName("request");
            json.WriteRawValue(RequestJson.Write(workload.Request));
            json.WritePropertyName("entities");
            json.WriteRawValue(EntitiesJson.Write(EntitiesOf(workload)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<Entity> EntitiesOf(Workload workload)
    {
        foreach (var uid in (EntityUid[])[workload.Request.Principal, workload.Request.Action, workload.Request.Resource])
        {
            if (workload.Entities.TryGet(uid, out var entity))
            {
                yield return entity;
            }
        }
    }
}
