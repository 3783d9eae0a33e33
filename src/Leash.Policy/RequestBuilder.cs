using Cedar.Evaluation;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>Makes the Cedar request that a set of facts stands for.</summary>
public sealed class RequestBuilder(SessionFacts facts)
{
    private readonly EntityStore _constants = LeashEntities.ConstantsOf(facts);

    /// <summary>The request and its entities.</summary>
    public (Request Request, IEntityStore Entities) Build(RequestFacts request) => request switch
    {
        FileFacts file => ForPath(file.Principal, file.Action, file.Path, FileContext(file)),
        ExecFacts exec => ForPath(exec.Principal, exec.Action, exec.Path, ExecContext(exec)),
        ProcessFacts process => Make(process, new EntityUid("Process", "other"), RecordValue.Empty, [], RecordValue.Empty, null),
        EndpointFacts endpoint => ForEndpoint(endpoint),
        DnsFacts dns => ForQuery(dns),
        _ => throw new ArgumentException($"no request is made of {request.GetType().Name}", nameof(request)),
    };

    private static RecordValue FileContext(FileFacts file) => file.Action == PlanAction.UnixConnect
        ? Value.RecordOf(KeyValuePair.Create("abstract", (Value)(file.Path is [(byte)'@', ..])))
        : RecordValue.Empty;

    private static RecordValue ExecContext(ExecFacts exec) => Value.RecordOf(
        KeyValuePair.Create("args", (Value)Value.SetOf(exec.Arguments.Select(argument => (Value)PathText.Decode(argument)))),
        KeyValuePair.Create("argv0", (Value)PathText.Decode(exec.Argv0)),
        KeyValuePair.Create("interpreter", (Value)PathText.Decode(exec.Interpreter)));

    private static EntityUid Host(string id) => new("Host", id);

    private (Request Request, IEntityStore Entities) ForPath(PrincipalFacts principal, PlanAction action, byte[] bytes, RecordValue context)
    {
        var path = PathText.Decode(bytes);
        var name = path.Length > 1 && path[0] == '/' ? path[(path.LastIndexOf('/') + 1)..] : path;
        var attributes = Value.RecordOf(KeyValuePair.Create("path", (Value)path), KeyValuePair.Create("name", (Value)name));
        return Make(
            new ProcessFacts(principal, action), new EntityUid("File", path), attributes, LeashEntities.DirectoriesOf(path), context, null);
    }

    private (Request Request, IEntityStore Entities) ForEndpoint(EndpointFacts endpoint)
    {
        var address = Cidr.FormatAddress(endpoint.IsV4, endpoint.Address);
        var ip = new IPAddressValue(!endpoint.IsV4, endpoint.Address, endpoint.IsV4 ? 32 : 128);
        List<EntityUid> ancestors =
        [
            Host(address), Host(endpoint.IsV4 ? $"{address}:{endpoint.Port}" : $"[{address}]:{endpoint.Port}"),
            .. LeashEntities.WildcardsOf(endpoint.Name),
        ];
        if (endpoint.Name is { } name)
        {
            ancestors.Add(Host($"{name}:{endpoint.Port}"));
        }

        var id = endpoint.Name ?? address;
        var context = Value.RecordOf(
            KeyValuePair.Create("port", (Value)endpoint.Port),
            KeyValuePair.Create("protocol", (Value)TestFactory.NameOf(endpoint.Protocol)),
            KeyValuePair.Create("ip", (Value)ip));
        return Make(endpoint, Host(id), Value.RecordOf(KeyValuePair.Create("name", (Value)id)), ancestors, context, ip);
    }

    private (Request Request, IEntityStore Entities) ForQuery(DnsFacts dns) => Make(
        dns, Host(dns.Name), Value.RecordOf(KeyValuePair.Create("name", (Value)dns.Name)), LeashEntities.WildcardsOf(dns.Name),
        Value.RecordOf(KeyValuePair.Create("type", (Value)dns.Type)), null);

    private (Request Request, IEntityStore Entities) Make(
        RequestFacts request, EntityUid resource, RecordValue attributes, IEnumerable<EntityUid> ancestors, RecordValue context,
        IPAddressValue? address)
    {
        var entities = LeashEntities.Create(_constants, facts, request.Principal, resource, attributes, ancestors, address);
        return (new Request(LeashEntities.PrincipalUid, Vocabulary.UidOf(request.Action), resource, context), entities);
    }
}
