using System.Collections.Immutable;
using System.Text;
using Cedar.Evaluation;
using Cedar.Values;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Benchmarks.Cedar;

/// <summary>Policies and a request about them.</summary>
internal sealed record Workload(string Name, string Policies, Request Request, IEntityStore Entities)
{
    /// <summary>
    /// Policies of four common shapes for as many users, groups, albums and teams; the request concerns one of each shape, so what an
    /// authorization has to look at does not grow.
    /// </summary>
    public static Workload Photos(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append((i % 4) switch
            {
                0 => $"permit (principal == User::\"u{i}\", action == Action::\"view\", resource in Album::\"a{i}\");\n",
                1 => $"permit (principal in Group::\"g{i}\", action in [Action::\"view\", Action::\"edit\"], resource is Photo) when {{ !resource.private }};\n",
                2 => $"forbid (principal, action == Action::\"view\", resource == Photo::\"p{i}\") unless {{ principal.level >= 3 }};\n",
                _ => $"permit (principal is User in Group::\"t{i}\", action, resource in Album::\"b{i}\") when {{ context.mfa && principal.level > 1 }};\n",
            });
        }

        var user = new EntityUid("User", "u4");
        var photo = new EntityUid("Photo", "p2");
        var entities = new EntityStore(
            new Entity(user, Value.RecordOf(new KeyValuePair<string, Value>("level", 4)), Uids("Group", "g1", "staff", "t3", "all")),
            new Entity(photo, Value.RecordOf(new KeyValuePair<string, Value>("private", false)), Uids("Album", "a4", "b3", "2024")));
        var request = new Request(
            user, new EntityUid("Action", "view"), photo, Value.RecordOf(new KeyValuePair<string, Value>("mfa", true)));
        return new Workload($"{count:N0} policies", text.ToString(), request, entities);
    }

    /// <summary>Built-in policies of Leash with their variables replaced, asked whether a program deep in a process tree may read a file.</summary>
    public static Workload Leash(string name, string path)
    {
        var text = new StringBuilder(BuiltInPolicies.Base.Text).Append('\n').Append(BuiltInPolicies.Standard.Text);
        (string Name, string Value)[] variables =
        [
            ("home", "/home/alice"), ("workspace", "/home/alice/app"), ("tmp", "/tmp"), ("git_dir", "/home/alice/app/.git"),
            ("git_common_dir", "/home/alice/app/.git"), ("agent_config", "/home/alice/.agent"),
        ];
        foreach (var (variable, value) in variables)
        {
            text.Replace($"${{{variable}}}", value);
        }

        var facts = new SessionFacts { Workspace = "/home/alice/app", Home = "/home/alice", Agent = "agent", User = "alice" };
        ImmutableArray<byte[]> lineage = ["/usr/bin/node"u8.ToArray(), "/usr/bin/bash"u8.ToArray(), "/usr/bin/make"u8.ToArray(), "/usr/bin/git"u8.ToArray()];
        var (request, entities) = new RequestBuilder(facts).Build(
            new FileFacts(new PrincipalFacts(lineage[^1], lineage), PlanAction.FileOpenReadOnly, Encoding.UTF8.GetBytes(path)));
        return new Workload(name, text.ToString(), request, entities);
    }

    private static ImmutableArray<EntityUid> Uids(string type, params string[] ids) => [.. ids.Select(id => new EntityUid(type, id))];
}
