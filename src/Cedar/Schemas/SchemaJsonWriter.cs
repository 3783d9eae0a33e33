using System.Collections.Immutable;
using System.Text.Json;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Writes documents as JSON schemas.</summary>
internal sealed class SchemaJsonWriter(Utf8JsonWriter json)
{
    public void Write(SchemaDocument document)
    {
        json.WriteStartObject();
        foreach (var space in document.Namespaces)
        {
            WriteNamespace(space);
        }

        json.WriteEndObject();
    }

    private void WriteNamespace(SchemaNamespace space)
    {
        json.WriteStartObject(space.Name.Text);
        WriteAnnotations(space.Annotations);
        var commons = space.Declarations.OfType<SchemaDeclaration.CommonType>().ToList();
        if (commons.Count > 0)
        {
            json.WriteStartObject("commonTypes");
            foreach (var common in commons)
            {
                json.WriteStartObject(common.Name.Text);
                WriteTypeMembers(common.Type);
                WriteAnnotations(common.Annotations);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteStartObject("entityTypes");
        foreach (var declaration in space.Declarations)
        {
            WriteEntityTypes(declaration);
        }

        json.WriteEndObject();
        json.WriteStartObject("actions");
        foreach (var action in space.Declarations.OfType<SchemaDeclaration.Action>())
        {
            foreach (var name in action.Names)
            {
                WriteAction(name.Text, action);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteEntityTypes(SchemaDeclaration declaration)
    {
        switch (declaration)
        {
            case SchemaDeclaration.EntityType entity:
                foreach (var name in entity.Names)
                {
                    WriteEntityType(name.Text, entity);
                }

                break;
            case SchemaDeclaration.Enumeration enumeration:
                foreach (var name in enumeration.Names)
                {
                    json.WriteStartObject(name.Text);
                    WriteNames("enum", enumeration.Choices);
                    WriteAnnotations(enumeration.Annotations);
                    json.WriteEndObject();
                }

                break;
        }
    }

    private void WriteEntityType(string name, SchemaDeclaration.EntityType entity)
    {
        json.WriteStartObject(name);
        if (entity.MemberOf.Length > 0)
        {
            WriteNames("memberOfTypes", entity.MemberOf);
        }

        WriteUnlessEmpty("shape", entity.Shape);
        WriteType("tags", entity.Tags);
        WriteAnnotations(entity.Annotations);
        json.WriteEndObject();
    }

    private void WriteAction(string name, SchemaDeclaration.Action action)
    {
        json.WriteStartObject(name);
        if (action.MemberOf.Length > 0)
        {
            json.WriteStartArray("memberOf");
            foreach (var reference in action.MemberOf)
            {
                json.WriteStartObject();
                json.WriteString("id", reference.Id);
                if (reference.Type is { } type)
                {
                    json.WriteString("type", type.Text);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        // An action that only groups others applies to nothing; the published tools say so rather than leave it out.
        json.WriteStartObject("appliesTo");
        WriteNames("principalTypes", action.AppliesTo?.Principals ?? []);
        WriteNames("resourceTypes", action.AppliesTo?.Resources ?? []);
        WriteUnlessEmpty("context", action.AppliesTo?.Context);
        json.WriteEndObject();
        WriteAnnotations(action.Annotations);
        json.WriteEndObject();
    }

    private void WriteNames(string property, ImmutableArray<SchemaName> names)
    {
        json.WriteStartArray(property);
        foreach (var name in names)
        {
            json.WriteStringValue(name.Text);
        }

        json.WriteEndArray();
    }

    private void WriteAnnotations(ImmutableArray<Annotation> annotations)
    {
        if (annotations.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("annotations");
        foreach (var annotation in annotations)
        {
            json.WriteString(annotation.Name, annotation.Value);
        }

        json.WriteEndObject();
    }

    // Shapes and contexts that are not given are empty records.
    private void WriteUnlessEmpty(string property, WrittenType? type) =>
        WriteType(property, type is WrittenType.Record { Attributes.IsEmpty: true } ? null : type);

    private void WriteType(string property, WrittenType? type)
    {
        if (type is not null)
        {
            json.WriteStartObject(property);
            WriteTypeMembers(type);
            json.WriteEndObject();
        }
    }

    private void WriteTypeMembers(WrittenType type)
    {
        switch (type)
        {
            case WrittenType.Set set:
                json.WriteString("type", "Set");
                WriteType("element", set.Element);
                break;
            case WrittenType.Record record:
                json.WriteString("type", "Record");
                json.WriteStartObject("attributes");
                foreach (var attribute in record.Attributes)
                {
                    WriteAttribute(attribute);
                }

                json.WriteEndObject();
                break;
            case WrittenType.Reference reference:
                WriteReference(reference);
                break;
        }
    }

    private void WriteAttribute(WrittenAttribute attribute)
    {
        json.WriteStartObject(attribute.Name.Text);
        WriteTypeMembers(attribute.Type);
        if (!attribute.IsRequired)
        {
            json.WriteBoolean("required", false);
        }

        WriteAnnotations(attribute.Annotations);
        json.WriteEndObject();
    }

    private void WriteReference(WrittenType.Reference reference)
    {
        var name = reference.Name;
        var (type, named) = reference.RefersTo switch
        {
            ReferenceKind.Entity => ("Entity", name),
            ReferenceKind.BuiltIn when name is "Bool" => ("Boolean", null),
            ReferenceKind.BuiltIn when name is "Long" or "String" => (name, null),
            ReferenceKind.BuiltIn => ("Extension", name),

            // Common types go by their name, unless it is a word of the form itself; then what finds common types first finds this one.
            ReferenceKind.Common when name is not ("EntityOrCommon" or "Entity" or "Extension" or "Record" or "Set" or "Boolean" or "Long" or "String") =>
                (name, null),
            _ => ("EntityOrCommon", name),
        };
        json.WriteString("type", type);
        if (named is not null)
        {
            json.WriteString("name", named);
        }
    }
}
