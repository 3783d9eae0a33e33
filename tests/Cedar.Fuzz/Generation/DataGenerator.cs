using System.Text.Json.Nodes;

namespace Cedar.Fuzz.Generation;

/// <summary>Entities and requests in JSON, conforming to the schema but for <paramref name="mistakes"/> percent of their parts.</summary>
internal sealed class DataGenerator(SeededRandom random, GenSchema schema, EntityPool pool, int mistakes)
{
    public JsonArray Entities()
    {
        JsonArray entities = [];
        for (var i = 0; i < pool.Entities.Count; i++)
        {
            if (!random.Percent(5))
            {
                entities.Add((JsonNode)Entity(i));
            }
        }

        if (random.Percent(mistakes))
        {
            entities.Add((JsonNode)new JsonObject { ["uid"] = Uid(new GenUid("Nowhere", "x")), ["attrs"] = new JsonObject(), ["parents"] = new JsonArray() });
        }

        if (random.Percent(10))
        {
            AddAction(entities);
        }

        return entities;
    }

    public JsonObject Request()
    {
        var shape = PolicyGenerator.Shape(random, schema);
        var action = shape.Action.Uid;
        var principal = pool.Pick(random, shape.Principal);
        var resource = pool.Pick(random, shape.Resource);
        if (random.Percent(mistakes))
        {
            switch (random.Below(3))
            {
                case 0:
                    action = new GenUid(action.Type, random.Percent(50) ? "unknown" : "any");
                    break;
                case 1:
                    principal = pool.Pick(random, random.Pick(schema.EntityTypes).Name);
                    break;
                default:
                    resource = new GenUid("Nowhere", "x");
                    break;
            }
        }

        return new JsonObject
        {
            ["principal"] = Uid(principal),
            ["action"] = Uid(action),
            ["resource"] = Uid(resource),
            ["context"] = Record((GenType.Record)shape.Action.Context.Resolved),
        };
    }

    /// <summary>The values of a template's slots.</summary>
    public JsonObject SlotValues(string template)
    {
        var values = new JsonObject();
        foreach (var slot in (string[])["?principal", "?resource"])
        {
            if (template.Contains(slot, StringComparison.Ordinal))
            {
                values[slot] = Uid(pool.Pick(random, random.Pick(schema.EntityTypes).Name));
            }
        }

        return values;
    }

    private JsonObject Entity(int index)
    {
        var uid = pool.Entities[index];
        var type = schema.FindEntityType(uid.Type)!;
        var parents = new JsonArray();
        for (var i = 0; i < pool.Entities.Count; i++)
        {
            // Mostly from later to earlier, so that there is no cycle.
            var fits = type.Parents.Contains(pool.Entities[i].Type) && (i < index || random.Percent(1));
            if (fits ? random.Percent(50) : random.Percent(mistakes) && random.Percent(10))
            {
                parents.Add((JsonNode)Uid(pool.Entities[i]));
            }
        }

        var entity = new JsonObject { ["uid"] = Uid(uid), ["attrs"] = Record(new GenType.Record(type.Attributes)), ["parents"] = parents };
        if (type.Tags is not null || random.Percent(mistakes))
        {
            var tags = new JsonObject();
            foreach (var key in random.Some(["k1", "k2", "a key"], 0, 3))
            {
                tags[key] = Value(type.Tags ?? GenType.Long);
            }

            entity["tags"] = tags;
        }

        return entity;
    }

    private void AddAction(JsonArray entities)
    {
        var action = random.Pick(schema.Actions);
        var parents = new JsonArray();
        foreach (var group in action.Groups)
        {
            if (!random.Percent(mistakes))
            {
                parents.Add((JsonNode)Uid(group));
            }
        }

        entities.Add((JsonNode)new JsonObject { ["uid"] = Uid(action.Uid), ["attrs"] = new JsonObject(), ["parents"] = parents });
    }

    private JsonObject Uid(GenUid uid)
    {
        var plain = new JsonObject { ["type"] = uid.Type, ["id"] = uid.Id };
        return random.Percent(20) ? new JsonObject { ["__entity"] = plain } : plain;
    }

    private JsonObject Record(GenType.Record type)
    {
        var record = new JsonObject();
        foreach (var attribute in type.Attributes)
        {
            if (attribute.Required ? !random.Percent(mistakes / 2) : random.Percent(60))
            {
                record[attribute.Name] = Value(attribute.Type);
            }
        }

        if (random.Percent(mistakes / 2))
        {
            record["nope"] = 1;
        }

        return record;
    }

    private JsonNode Value(GenType type)
    {
        if (random.Percent(mistakes / 2))
        {
            return random.Below(5) switch
            {
                0 => JsonValue.Create("text"),
                1 => JsonValue.Create(Literals.Long(random)),
                2 => JsonValue.Create(random.Percent(50)),
                3 => new JsonArray(1, "a"),
                _ => new JsonObject { ["__extn"] = new JsonObject { ["fn"] = "decimal", ["arg"] = Literals.Extension(random, "decimal", random.Percent(50)) } },
            };
        }

        return type.Resolved switch
        {
            GenType.Primitive { Name: "Bool" } => JsonValue.Create(random.Percent(50)),
            GenType.Primitive { Name: "Long" } => JsonValue.Create(Literals.Long(random)),
            GenType.Primitive => JsonValue.Create(Literals.String(random)),
            GenType.Extension x => Extension(x.Name),
            GenType.Entity x => Reference(pool.Pick(random, x.Name)),
            GenType.Set x => new JsonArray([.. Enumerable.Range(0, random.Below(4)).Select(_ => Value(x.Element))]),
            GenType.Record x => Record(x),
            _ => throw new InvalidOperationException(),
        };
    }

    // Without the wrapper it is a record, unless a schema says otherwise.
    private JsonObject Reference(GenUid uid)
    {
        var plain = new JsonObject { ["type"] = uid.Type, ["id"] = uid.Id };
        return random.Percent(90) ? new JsonObject { ["__entity"] = plain } : plain;
    }

    private JsonNode Extension(string name)
    {
        var text = Literals.Extension(random, name, random.Percent(mistakes / 2));
        var call = new JsonObject { ["fn"] = Literals.Constructor(name), ["arg"] = text };
        return random.Below(20) switch
        {
            0 => JsonValue.Create(text),
            1 => call,
            _ => new JsonObject { ["__extn"] = call },
        };
    }
}
