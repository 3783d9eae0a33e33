namespace Cedar.Schemas;

/// <content>Types.</content>
internal sealed partial class SchemaTextWriter
{
    // A record of at most this many characters goes on one line.
    private const int MaxRecordWidth = 60;

    // Of ` }`.
    private const int EndWidth = 2;

    private void WriteType(WrittenType type)
    {
        switch (type)
        {
            case WrittenType.Set set:
                _text.Append("Set<");
                WriteType(set.Element);
                _text.Append('>');
                break;
            case WrittenType.Record record:
                WriteRecord(record);
                break;
            case WrittenType.Reference reference:
                WriteReference(reference);
                break;
        }
    }

    private void WriteRecord(WrittenType.Record record)
    {
        if (record.Attributes.IsEmpty)
        {
            _text.Append("{}");
            return;
        }

        if (IsPlain(record) && TryWriteOnOneLine(record))
        {
            return;
        }

        _text.Append("{\n");
        _indent++;
        foreach (var attribute in record.Attributes)
        {
            WriteAnnotations(attribute.Annotations);
            Indent();
            WriteAttribute(attribute);
            _text.Append(",\n");
        }

        _indent--;
        Indent();
        _text.Append('}');
    }

    private void WriteAttribute(WrittenAttribute attribute)
    {
        _text.Append(NameOrString(attribute.Name.Text)).Append(attribute.IsRequired ? ": " : "?: ");
        WriteType(attribute.Type);
    }

    // Annotations stand on lines of their own, and records in records are easier to read apart. It also keeps the attempts linear.
    private static bool IsPlain(WrittenType.Record record)
    {
        foreach (var attribute in record.Attributes)
        {
            var type = attribute.Type;
            while (type is WrittenType.Set set)
            {
                type = set.Element;
            }

            if (attribute.Annotations.Length > 0 || type is WrittenType.Record { Attributes.Length: > 0 })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>False, with nothing written, when the record is too long for that.</summary>
    private bool TryWriteOnOneLine(WrittenType.Record record)
    {
        var start = _text.Length;
        _text.Append("{ ");
        for (var i = 0; i < record.Attributes.Length; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            WriteAttribute(record.Attributes[i]);
            if (_text.Length - start > MaxRecordWidth - EndWidth)
            {
                _text.Length = start;
                return false;
            }
        }

        _text.Append(" }");
        return true;
    }

    private void WriteReference(WrittenType.Reference reference)
    {
        var name = reference.Name;
        var entity = _names.FindEntityOrAction(_space, name);
        var common = _names.FindCommon(_space, name);
        var isBuiltIn = SchemaNames.FindBuiltIn(name) is not null;
        switch (reference.RefersTo)
        {
            // Cedar syntax takes a common type for what is meant before an entity type, and both before a built-in one.
            case ReferenceKind.BuiltIn when common is not null || entity is not null:
            case ReferenceKind.Common when common is null && entity is not null && isBuiltIn:
                _text.Append(SchemaNames.BuiltInPrefix).Append(name);
                break;
            case ReferenceKind.Entity when common is not null:
                Report($"the entity type `{name}`, which the common type of that name hides", reference.Span, "give one of them another name");
                break;
            default:
                _text.Append(name);
                break;
        }
    }
}
