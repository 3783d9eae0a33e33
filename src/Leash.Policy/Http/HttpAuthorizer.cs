using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Partial;
using Cedar.Syntax;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy.Http;

/// <summary>
/// Decides requests by the Cedar evaluator: the definition that <see cref="PlanDecider.DecideHttp(int, in Endpoint, HttpMessage)"/> is compared with. It shares no
/// code with plans.
/// </summary>
/// <param name="policies">As compiled: <see cref="CompileResult.PolicySet"/>.</param>
/// <param name="facts">Of the session.</param>
public sealed class HttpAuthorizer(PolicySet policies, SessionFacts facts)
{
    /// <summary>What of a request is not known when it is asked which permits can apply to its host.</summary>
    private static readonly ImmutableArray<string> s_unknown = ["method", "path", "query", "scheme", "headers"];

    private readonly RequestBuilder _builder = new(facts);

    /// <summary>
    /// Allowed when connecting to the host is permitted, no forbid matches, and, if a permit on requests can apply to the host, one matches.
    /// </summary>
    public Response Decide(HttpFacts request)
    {
        var connect = Authorize(request.Endpoint);
        var own = Authorize(request);
        ImmutableArray<PolicyError> errors = [.. connect.Errors, .. own.Errors];
        var forbids = Forbids(connect).Concat(Forbids(own)).Distinct(StringComparer.Ordinal).ToImmutableArray();
        if (!forbids.IsEmpty)
        {
            return new Response(Decision.Deny, forbids, errors);
        }

        var isAllowed = connect.Decision == Decision.Allow && (own.Decision == Decision.Allow || !IsListed(request));
        return isAllowed
            ? new Response(Decision.Allow, [.. connect.Determining.Concat(own.Determining).Distinct(StringComparer.Ordinal)], errors)
            : new Response(Decision.Deny, [], errors);
    }

    /// <summary>Whether a change of headers of requests to a host is permitted.</summary>
    public bool Permits(HttpRewriteFacts rewrite) => Authorize(rewrite).Decision == Decision.Allow;

    private static ImmutableArray<string> Forbids(Response response) => response.Decision == Decision.Deny ? response.Determining : [];

    private Response Authorize(RequestFacts request)
    {
        var (cedar, entities) = _builder.Build(request);
        return Authorizer.Authorize(policies, cedar, entities);
    }

    /// <summary>Whether a permit on requests can apply to the host, at some port.</summary>
    private bool IsListed(HttpFacts request) => PortsToTry().Any(port => CanPermit(request with { Endpoint = request.Endpoint with { Port = port } }));

    private bool CanPermit(HttpFacts request)
    {
        var (cedar, entities) = _builder.Build(request);
        var known = Value.RecordOf([.. cedar.Context.Fields.Where(field => !s_unknown.Contains(field.Key))]);
        var partial = new PartialRequest(cedar.Principal, cedar.Action, cedar.Resource, new PartialRecord(known, s_unknown, false));
        return PartialAuthorizer.Authorize(policies, partial, new PartialEntities(entities)).Policies.Any(result =>
            result.Policy.Effect == Effect.Permit
            && (result.Outcome == PolicyOutcome.Satisfied
                || (result is { Outcome: PolicyOutcome.Residual, Residual: { } residual } && Possibility.CanBeTrue(residual))));
    }

    /// <summary>A port of each kind that the policies tell apart: those that they name, and their neighbours.</summary>
    private HashSet<int> PortsToTry()
    {
        HashSet<int> ports = [1];
        foreach (var policy in policies.Policies)
        {
            foreach (var entity in policy.Resource.Entities)
            {
                AddPort(entity, ports);
            }

            foreach (var condition in policy.Conditions)
            {
                AddPorts(condition.Body, ports);
            }
        }

        return ports;
    }

    private static void AddPorts(Expr expression, HashSet<int> ports)
    {
        if (expression is Expr.Literal literal)
        {
            AddPorts(literal.Value, ports);
        }

        foreach (var part in expression.Children())
        {
            AddPorts(part, ports);
        }
    }

    private static void AddPorts(Value value, HashSet<int> ports)
    {
        switch (value)
        {
            case LongValue number:
                Add(number.Value, ports);
                break;
            case EntityValue entity:
                AddPort(entity.Uid, ports);
                break;
            case SetValue set:
                foreach (var element in set.Elements)
                {
                    AddPorts(element, ports);
                }

                break;
        }
    }

    private static void AddPort(EntityUid entity, HashSet<int> ports)
    {
        if (entity.Type == "Host" && EntityIds.ReadHost(entity.Id).Host is { Port: > 0 and var port })
        {
            Add(port, ports);
        }
    }

    private static void Add(long number, HashSet<int> ports)
    {
        for (var near = number - 1; near <= number + 1; near++)
        {
            if (near is >= 1 and <= 65535)
            {
                ports.Add((int)near);
            }
        }
    }
}
