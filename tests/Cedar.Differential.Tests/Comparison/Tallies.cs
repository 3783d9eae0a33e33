namespace Cedar.Differential.Tests.Comparison;

/// <summary>All kinds of questions that both implementations answer.</summary>
internal sealed class Tallies
{
    public Tally PolicyParse { get; } = new("policies parse");

    public Tally FormattedMeaning { get; } = new("formatted meaning");

    public Tally Decisions { get; } = new("decision, reasons, errors");

    public Tally Steps { get; } = new("decision, reasons, errors by partial evaluation");

    public Tally Operators { get; } = new("values of extension types and patterns");

    public Tally Validation { get; } = new("policies validate");

    public Tally Entities { get; } = new("entities conform");

    public Tally EntitiesJson { get; } = new("entities read");

    public Tally Requests { get; } = new("requests conform");

    public Tally DecisionsWithSchema { get; } = new("decision, reasons, errors with a schema");

    public Tally SchemaParse { get; } = new("schema parse");

    public Tally SchemaJsonParse { get; } = new("JSON schema parse");

    public Tally SchemaToJson { get; } = new("schema to JSON");

    public Tally SchemaToText { get; } = new("JSON schema to text");

    public Tally SchemaFormatted { get; } = new("formatted schema's meaning");

    public Tally PrintedMeaning { get; } = new("printed tree's meaning");

    public IEnumerable<Tally> All =>
    [
        PolicyParse, FormattedMeaning, Decisions, Steps, Operators, Validation, Entities, EntitiesJson, Requests, DecisionsWithSchema, SchemaParse, SchemaJsonParse, SchemaToJson, SchemaToText,
        SchemaFormatted, PrintedMeaning,
    ];
}
