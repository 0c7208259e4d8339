using System.Collections;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Writes a record as YAML, defaults too, so that it reads back equal whatever the defaults become.</summary>
/// <remarks>The inverse of <see cref="RecordBinder"/> with the same registry. Numbers in the shortest form that reads back to the same
/// bits.</remarks>
/// <param name="variants">The records that are written by name.</param>
public sealed class RecordWriter(VariantRegistry variants)
{
    /// <summary>Whether keys without a value are written as null; true.</summary>
    public bool WithNulls { get; init; } = true;

    /// <summary>Whether keys are written whose value is the default; true.</summary>
    public bool WithDefaults { get; init; } = true;

    /// <summary>Writes it.</summary>
    /// <param name="record">A record that the binder could have made.</param>
    /// <param name="headComment">Lines to put before it as comments; none when empty.</param>
    /// <returns>YAML with a line feed after each line.</returns>
    /// <exception cref="ArgumentException">A number is not finite: it would not read back.</exception>
    public string Write(object record, string headComment = "") => YamlPrinter.Print(Fields(record), headComment);

    private YamlNode Node(Type declared, object? value)
    {
        if (value is null) return new YamlScalar("null", IsPlain: true, default);
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (value is float single && !float.IsFinite(single) || value is double number && !double.IsFinite(number))
            throw new ArgumentException($"{value} is not finite, so no recipe can hold it", nameof(value));
        if (variants.ValuesOf(type)?.FirstOrDefault(known => known.Value.Equals(value)).Key is { } name) return ScalarType.Write(name);
        if (variants.FamilyOf(type) is { } family) return Variant(family, value);
        if (ScalarType.Covers(type)) return ScalarType.Write(value);
        if (ListType.ItemOf(type) is { } item)
            return new YamlList([.. ((IEnumerable)value).Cast<object?>().Select(one => Node(item, one))], default);
        RecordShape shape = RecordShape.Of(type);
        return shape.IsPair ? new YamlList([.. shape.Keys.Select(key => Node(key.Type, key.ValueIn(value)))], default) : Fields(value);
    }

    private YamlMap Fields(object record)
    {
        List<YamlEntry> entries = [];
        foreach (RecordKey key in RecordShape.Of(record.GetType()).Keys)
        {
            object? value = key.ValueIn(record);
            YamlNode node = Node(key.Type, value);
            if ((WithNulls || value is not null) && (WithDefaults || !IsDefault(key, value, node)))
                entries.Add(new YamlEntry(key.Name, default, node));
        }
        return new YamlMap(entries, default);
    }

    // A list or a record that a constructor makes of null is a default too, when nothing in it differs from its own.
    private static bool IsDefault(RecordKey key, object? value, YamlNode node) =>
        key.IsOptional && (Equals(value, key.Default) || key.Default is null && node is YamlMap { Entries: [] } or YamlList { Items: [] });

    private YamlNode Variant(VariantFamily family, object value)
    {
        YamlScalar name = ScalarType.Write(family.NameOf(value.GetType()));
        YamlMap fields = Fields(value);
        if (family.Style == VariantStyle.NameKey)
            return fields with { Entries = [new YamlEntry(VariantFamily.NameOfKey, default, name), .. fields.Entries] };
        return fields.Entries.Count == 0 ? name : new YamlMap([new YamlEntry(name.Text, default, fields)], default);
    }
}
