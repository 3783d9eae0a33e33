using System.Collections.Immutable;
using Cedar.Syntax;

namespace Cedar.Json;

/// <summary>A value in a JSON text, with its place. A closed family.</summary>
internal abstract class JsonNode
{
    private JsonNode(SourceSpan span)
    {
        Span = span;
    }

    public SourceSpan Span { get; }

    /// <summary>What it is, for messages.</summary>
    public abstract string Kind { get; }

    public sealed class Null(SourceSpan span) : JsonNode(span)
    {
        public override string Kind => "null";
    }

    public sealed class Bool(bool value, SourceSpan span) : JsonNode(span)
    {
        public bool Value { get; } = value;

        public override string Kind => "a boolean";
    }

    /// <summary>A number as written.</summary>
    public sealed class Number(string text, SourceSpan span) : JsonNode(span)
    {
        public string Written { get; } = text;

        public override string Kind => "a number";
    }

    /// <summary>A string, escapes decoded.</summary>
    public sealed class Text(string value, SourceSpan span) : JsonNode(span)
    {
        public string Value { get; } = value;

        public override string Kind => "a string";
    }

    public sealed class Array(ImmutableArray<JsonNode> items, SourceSpan span) : JsonNode(span)
    {
        public ImmutableArray<JsonNode> Items { get; } = items;

        public override string Kind => "an array";
    }

    /// <summary>An object; no name occurs twice.</summary>
    public sealed class Object(ImmutableArray<JsonMember> members, SourceSpan span) : JsonNode(span)
    {
        public ImmutableArray<JsonMember> Members { get; } = members;

        public override string Kind => "an object";

        /// <summary>The value of that name, or null.</summary>
        public JsonNode? Find(string name)
        {
            foreach (var member in Members)
            {
                if (member.Name == name)
                {
                    return member.Value;
                }
            }

            return null;
        }
    }
}

/// <summary>A name with its value in an object.</summary>
internal readonly record struct JsonMember(string Name, SourceSpan NameSpan, JsonNode Value);
