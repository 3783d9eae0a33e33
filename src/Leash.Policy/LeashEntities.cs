using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cedar.Evaluation;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>
/// The entities of one request as the Cedar evaluator sees them: process, resource and their ancestors as docs/policy.md defines them.
/// Ancestors are listed by their definition, independently of the tests that plans are made of.
/// </summary>
public sealed class LeashEntities : IEntityStore
{
    private static readonly string[] s_computedTypes = ["Cidr"];

    private readonly EntityStore _constants;
    private readonly Entity _principal;
    private readonly Entity _resource;
    private readonly HashSet<EntityUid> _principalAncestors;
    private readonly HashSet<EntityUid> _resourceAncestors;
    private readonly IPAddressValue? _address;
    private readonly Entity? _headers;

    private LeashEntities(EntityStore constants, Entity principal, Entity resource, IPAddressValue? address, Entity? headers)
    {
        _constants = constants;
        _principal = principal;
        _resource = resource;
        _principalAncestors = [.. principal.Parents];
        _resourceAncestors = [.. resource.Parents];
        _address = address;
        _headers = headers;
    }

    /// <summary>The principal of every request.</summary>
    public static EntityUid PrincipalUid { get; } = new("Process", "session");

    /// <summary>What <c>context.headers</c> is.</summary>
    internal static EntityUid HeadersUid { get; } = new("HttpHeaders", "request");

    /// <summary>The entities of a session that are the same for all its requests: actions, and the process without what it runs.</summary>
    public static EntityStore ConstantsOf(SessionFacts facts) =>
        new([.. Actions(), new Entity(PrincipalUid, Value.RecordOf(KeyValuePair.Create("uid", (Value)facts.Uid)), SessionAncestors(facts))]);

    public bool TryGet(EntityUid uid, [NotNullWhen(true)] out Entity? entity)
    {
        entity = uid.Equals(_principal.Uid) ? _principal : uid.Equals(_resource.Uid) ? _resource
            : _headers is not null && uid.Equals(HeadersUid) ? _headers : null;
        return entity is not null || _constants.TryGet(uid, out entity);
    }

    public bool IsAncestor(EntityUid child, EntityUid ancestor)
    {
        if (child.Equals(_principal.Uid))
        {
            return _principalAncestors.Contains(ancestor);
        }

        if (!child.Equals(_resource.Uid))
        {
            return _constants.IsAncestor(child, ancestor);
        }

        return _resourceAncestors.Contains(ancestor)
            || (_address is not null && ancestor.Type == "Cidr" && IPAddressValue.TryParse(ancestor.Id, out var range) && _address.IsInRange(range));
    }

    /// <summary>All ancestors but the address ranges, of which an address has too many to list.</summary>
    public Ancestors GetAncestors(EntityUid child)
    {
        if (child.Equals(_principal.Uid))
        {
            return Ancestors.Of(_principal.Parents.AsSpan());
        }

        return child.Equals(_resource.Uid)
            ? Ancestors.Of(_resource.Parents.AsSpan(), _address is null ? default : s_computedTypes)
            : _constants.GetAncestors(child);
    }

    internal static LeashEntities Create(
        EntityStore constants, SessionFacts facts, PrincipalFacts principal, EntityUid resource, RecordValue attributes,
        IEnumerable<EntityUid> resourceAncestors, IPAddressValue? address, Entity? headers)
    {
        var lineage = principal.Lineage.Select(path => PathText.Decode(path)).ToList();
        var process = new Entity(
            PrincipalUid,
            Value.RecordOf(
                KeyValuePair.Create("exe", (Value)PathText.Decode(principal.Exe)),
                KeyValuePair.Create("lineage", (Value)Value.SetOf(lineage.Select(path => (Value)path))),
                KeyValuePair.Create("uid", (Value)facts.Uid)),
            [.. SessionAncestors(facts), .. lineage.Select(path => new EntityUid("Exe", path))]);
        return new LeashEntities(constants, process, new Entity(resource, attributes, [.. resourceAncestors]), address, headers);
    }

    /// <summary>The directory itself and every directory above.</summary>
    internal static IEnumerable<EntityUid> DirectoriesOf(string path)
    {
        if (!path.StartsWith('/'))
        {
            yield break;
        }

        yield return new EntityUid("Dir", "/");
        for (var end = path.IndexOf('/', 1); end >= 0; end = path.IndexOf('/', end + 1))
        {
            yield return new EntityUid("Dir", path[..end]);
        }

        if (path.Length > 1)
        {
            yield return new EntityUid("Dir", path);
        }
    }

    /// <summary><c>*</c> and, for each domain above the name, its wildcard.</summary>
    internal static IEnumerable<EntityUid> WildcardsOf(string? name)
    {
        yield return new EntityUid("Host", "*");
        for (var dot = name?.IndexOf('.', StringComparison.Ordinal) ?? -1; dot >= 0; dot = name!.IndexOf('.', dot + 1))
        {
            yield return new EntityUid("Host", "*" + name![dot..]);
        }
    }

    private static IEnumerable<Entity> Actions()
    {
        foreach (var action in PlanActionMask.All.Members())
        {
            yield return new Entity(
                Vocabulary.UidOf(action), RecordValue.Empty,
                [.. Vocabulary.GroupsOf(action).Select(group => new EntityUid(Vocabulary.ActionType, group))]);
        }
    }

    private static ImmutableArray<EntityUid> SessionAncestors(SessionFacts facts)
    {
        var ancestors = ImmutableArray.CreateBuilder<EntityUid>();
        ancestors.Add(new EntityUid("Session", facts.SessionId));
        if (facts.Agent is { } agent)
        {
            ancestors.Add(new EntityUid("Agent", agent));
        }

        if (facts.User is { } user)
        {
            ancestors.Add(new EntityUid("User", user));
        }

        ancestors.AddRange(facts.Teams.Select(team => new EntityUid("Team", team)));
        return ancestors.ToImmutable();
    }
}
