using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>Reads policy sets. Goes on after a mistake; what it returns is to be used only when there was none.</summary>
internal sealed class PolicySetReader
{
    private const string Principal = "?principal";
    private const string Resource = "?resource";

    private static readonly string[] s_names = ["staticPolicies", "templates", "templateLinks"];

    private readonly SourceText _source;
    private readonly DiagnosticSink _diagnostics;
    private readonly JsonShape _shape;
    private readonly PolicyReader _policies;
    private readonly ValueReader _values;
    private readonly PolicySetBuilder _builder = new();
    private readonly ImmutableArray<Diagnostic>.Builder _embedded = ImmutableArray.CreateBuilder<Diagnostic>();

    // A policy that could not be read is not missing.
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);

    public PolicySetReader(SourceText source, DiagnosticSink diagnostics)
    {
        _source = source;
        _diagnostics = diagnostics;
        _shape = new JsonShape(diagnostics);
        _policies = new PolicyReader(_shape, source);
        _values = new ValueReader(_shape);
    }

    /// <summary>What is wrong within policies in Cedar syntax.</summary>
    public ImmutableArray<Diagnostic> Embedded => _embedded.ToImmutable();

    public PolicySet? Read(JsonNode root)
    {
        if (_shape.Object(root, "a policy set, an object") is not { } set)
        {
            return null;
        }

        _shape.HasOnly(set, s_names);
        if (set.Find("staticPolicies") is { } policies)
        {
            ReadPolicies(policies);
        }

        if (set.Find("templates") is { } templates && _shape.Object(templates, "templates by their ids, an object") is { } byId)
        {
            foreach (var member in byId.Members)
            {
                ReadOne(member.Value, member.Name, member.NameSpan, isTemplate: true);
            }
        }

        if (set.Find("templateLinks") is { } links && _shape.Array(links, "links of templates, an array") is { } array)
        {
            foreach (var link in array.Items)
            {
                ReadLink(link);
            }
        }

        return _builder.ToPolicySet();
    }

    private static string IdOf(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"policy{number}");

    private void ReadPolicies(JsonNode node)
    {
        switch (node)
        {
            case JsonNode.Text text:
                foreach (var policy in Parse(text, "staticPolicies") ?? [])
                {
                    Add(policy, node.Span, isTemplate: false);
                }

                break;
            case JsonNode.Array array:
                for (var i = 0; i < array.Items.Length; i++)
                {
                    ReadOne(array.Items[i], IdOf(i), array.Items[i].Span, isTemplate: false);
                }

                break;
            case JsonNode.Object byId:
                foreach (var member in byId.Members)
                {
                    ReadOne(member.Value, member.Name, member.NameSpan, isTemplate: false);
                }

                break;
            default:
                _shape.Wrong<JsonNode>(node, "policies: an object with their ids as names, an array, or a string in Cedar syntax");
                break;
        }
    }

    /// <summary>A policy or template in either form.</summary>
    private void ReadOne(JsonNode node, string id, SourceSpan place, bool isTemplate)
    {
        var policy = node is JsonNode.Text text ? ParseOne(text, id) : _policies.Read(node, id);
        if (policy is null)
        {
            _broken.Add(id);
        }
        else
        {
            Add(policy, place, isTemplate);
        }
    }

    private Policy? ParseOne(JsonNode.Text text, string id)
    {
        switch (Parse(text, id))
        {
            case null:
                return null;
            case [var only]:
                return only with { Id = id };
            case { Length: var count }:
                _diagnostics.Error(CedarCodes.InvalidJsonValue, $"expected one policy, found {count}", text.Span);
                return null;
        }
    }

    /// <summary>Policies in Cedar syntax; null after a report.</summary>
    private ImmutableArray<Policy>? Parse(JsonNode.Text text, string place)
    {
        var parsed = CedarParser.Parse(new SourceText($"{_source.Name}#{place}", text.Value));
        var room = Math.Max(0, DiagnosticSink.Limit - _embedded.Count);
        _embedded.AddRange(parsed.Diagnostics.Length > room ? parsed.Diagnostics[..room] : parsed.Diagnostics);
        return parsed.HasErrors ? null : parsed.Policies;
    }

    private void Add(Policy policy, SourceSpan place, bool isTemplate)
    {
        if (policy.IsTemplate && !isTemplate)
        {
            _broken.Add(policy.Id);
            _diagnostics.Error(
                CedarCodes.InvalidSlot, $"policy `{policy.Id}` has a slot", place, "a template stands among the `templates`");
        }
        else if (!policy.IsTemplate && isTemplate)
        {
            _broken.Add(policy.Id);
            _diagnostics.Error(
                CedarCodes.NotATemplate, $"policy `{policy.Id}` is not a template", place, "a template has a slot, as in `principal == ?principal`");
        }
        else if (_builder.Add(policy) is { } error)
        {
            _diagnostics.Error(error.Code, error.Message, place, error.Help);
        }
    }

    private void ReadLink(JsonNode node)
    {
        if (_shape.Object(node, "a link, an object") is not { } link)
        {
            return;
        }

        _shape.HasOnly(link, "templateId", "newId", "values");
        var templateId = _shape.Required(link, "templateId") is { } template ? _shape.Text(template, "the id of a template, a string") : null;
        var newId = _shape.Required(link, "newId") is { } linked ? _shape.Text(linked, "the id of the linked policy, a string") : null;
        var values = _shape.Required(link, "values") is { } valuesNode ? ReadValues(valuesNode) : null;
        if (templateId is null || newId is null || values is null || _broken.Contains(templateId))
        {
            return;
        }

        if (_builder.Link(templateId, newId, values) is { } error)
        {
            _diagnostics.Error(error.Code, error.Message, link.Span, error.Help);
        }
    }

    private SlotValues? ReadValues(JsonNode node)
    {
        if (_shape.Object(node, "entities by their slots, an object") is not { } values || !_shape.HasOnly(values, Principal, Resource))
        {
            return null;
        }

        var principal = values.Find(Principal) is { } first ? _values.Uid(first) : null;
        var resource = values.Find(Resource) is { } second ? _values.Uid(second) : null;
        var isWhole = (principal is null) == (values.Find(Principal) is null) && (resource is null) == (values.Find(Resource) is null);
        return isWhole ? new SlotValues(principal, resource) : null;
    }
}
