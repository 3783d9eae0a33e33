using System.Collections.Immutable;
using System.Text;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Writes a document in Cedar syntax and reports what that syntax cannot say.</summary>
internal sealed partial class SchemaTextWriter
{
    private const int IndentWidth = 2;

    private readonly SchemaDocument _document;
    private readonly DiagnosticSink _diagnostics;
    private readonly SchemaNames _names = new();
    private readonly StringBuilder _text = new();
    private string _space = "";
    private int _indent;

    public SchemaTextWriter(SchemaDocument document, DiagnosticSink diagnostics)
    {
        _document = document;
        _diagnostics = diagnostics;

        // What is declared decides what a name means; mistakes in that are the resolver's to report.
        var ignored = new DiagnosticSink(document.Source);
        foreach (var space in document.Namespaces)
        {
            foreach (var declaration in space.Declarations)
            {
                _names.Declare(space.Name.Text, declaration, ignored);
            }
        }
    }

    public string Write()
    {
        foreach (var space in _document.Namespaces)
        {
            if (_text.Length > 0 && (space.Name.Text.Length > 0 || space.Declarations.Length > 0))
            {
                _text.Append('\n');
            }

            WriteNamespace(space);
        }

        return _text.ToString();
    }

    private static string NameOrString(string text) =>
        SchemaWords.IsWord(text) && !SchemaWords.IsReserved(text) ? text : CedarString.Quote(text);

    private void WriteNamespace(SchemaNamespace space)
    {
        _space = space.Name.Text;
        if (_space.Length == 0)
        {
            WriteDeclarations(space.Declarations);
            return;
        }

        WriteAnnotations(space.Annotations);
        _text.Append("namespace ").Append(_space).Append(" {\n");
        _indent++;
        WriteDeclarations(space.Declarations);
        _indent--;
        _text.Append("}\n");
    }

    private void WriteDeclarations(ImmutableArray<SchemaDeclaration> declarations)
    {
        var isFirst = true;
        foreach (var declaration in declarations)
        {
            if (!isFirst)
            {
                _text.Append('\n');
            }

            isFirst = false;
            WriteAnnotations(declaration.Annotations);
            Indent();
            WriteDeclaration(declaration);
            _text.Append(";\n");
        }
    }

    private void WriteDeclaration(SchemaDeclaration declaration)
    {
        switch (declaration)
        {
            case SchemaDeclaration.CommonType common:
                _text.Append("type ").Append(common.Name.Text).Append(" = ");
                WriteType(common.Type);
                break;
            case SchemaDeclaration.EntityType entity:
                WriteEntityType(entity);
                break;
            case SchemaDeclaration.Enumeration enumeration:
                _text.Append("entity ").AppendJoin(", ", enumeration.Names).Append(" enum [")
                    .AppendJoin(", ", enumeration.Choices.Select(choice => CedarString.Quote(choice.Text))).Append(']');
                break;
            case SchemaDeclaration.Action action:
                WriteAction(action);
                break;
        }
    }

    private void WriteEntityType(SchemaDeclaration.EntityType entity)
    {
        _text.Append("entity ").AppendJoin(", ", entity.Names);
        if (entity.MemberOf.Length > 0)
        {
            _text.Append(" in ");
            WriteList(entity.MemberOf);
        }

        if (entity.Shape is WrittenType.Record { Attributes.Length: > 0 } record)
        {
            _text.Append(" = ");
            WriteRecord(record);
        }
        else if (entity.Shape is { } shape and not WrittenType.Record)
        {
            Report("the shape of an entity type that is not a record", shape.Span, "write the attributes out in place of the common type");
        }

        if (entity.Tags is { } tags)
        {
            _text.Append(" tags ");
            WriteType(tags);
        }
    }

    private void WriteAction(SchemaDeclaration.Action action)
    {
        _text.Append("action ").AppendJoin(", ", action.Names.Select(name => NameOrString(name.Text)));
        if (action.MemberOf.Length > 0)
        {
            _text.Append(" in ");
            WriteList([.. action.MemberOf.Select(reference => new SchemaName(TextOf(reference), reference.Span))]);
        }

        // An action that applies to nothing on one side applies to nothing at all, which Cedar syntax says by silence.
        if (action.AppliesTo is not { Principals.Length: > 0, Resources.Length: > 0 } appliesTo)
        {
            return;
        }

        _text.Append(" appliesTo {\n");
        _indent++;
        Indent();
        _text.Append("principal: ");
        WriteList(appliesTo.Principals);
        _text.Append(",\n");
        Indent();
        _text.Append("resource: ");
        WriteList(appliesTo.Resources);
        _text.Append(",\n");
        if (appliesTo.Context is { } context)
        {
            Indent();
            _text.Append("context: ");
            WriteContext(context);
            _text.Append(",\n");
        }

        _indent--;
        Indent();
        _text.Append('}');
    }

    private void WriteContext(WrittenType context)
    {
        switch (context)
        {
            case WrittenType.Record record:
                WriteRecord(record);
                break;
            case WrittenType.Reference reference:
                WriteReference(reference);
                break;
            case WrittenType.Set set:
                Report("a context that is a set", set.Span, "a context is a record");
                break;
        }
    }

    private static string TextOf(ActionReference reference) =>
        reference.Type is { } type ? $"{type.Text}::{CedarString.Quote(reference.Id)}" : NameOrString(reference.Id);

    private void WriteList(ImmutableArray<SchemaName> names)
    {
        if (names.Length == 1)
        {
            _text.Append(names[0].Text);
        }
        else
        {
            _text.Append('[').AppendJoin(", ", names).Append(']');
        }
    }

    private void WriteAnnotations(ImmutableArray<Annotation> annotations)
    {
        foreach (var annotation in annotations)
        {
            Indent();
            _text.Append('@').Append(annotation.Name);
            if (annotation.Value.Length > 0)
            {
                _text.Append('(').Append(CedarString.Quote(annotation.Value)).Append(')');
            }

            _text.Append('\n');
        }
    }

    private void Indent() => _text.Append(' ', _indent * IndentWidth);

    private void Report(string what, SourceSpan span, string help) =>
        _diagnostics.Error(CedarCodes.NotExpressible, $"Cedar syntax cannot say {what}", span, help);
}
