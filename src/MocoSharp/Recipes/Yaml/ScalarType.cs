using System.Globalization;
using System.Text.Json;

namespace MocoSharp.Recipes.Yaml;

/// <summary>Single values: how each type reads, writes and is named to people.</summary>
internal static class ScalarType
{
    public static bool Covers(Type type) => type.IsEnum || type == typeof(string) || type == typeof(bool)
        || type == typeof(int) || type == typeof(long) || type == typeof(ulong) || type == typeof(float) || type == typeof(double);

    /// <summary>What errors say that a key takes.</summary>
    public static string Expected(Type type) => type switch
    {
        _ when type.IsEnum => $"one of {string.Join(", ", Names(type))}",
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(long) => "a whole number",
        _ when type == typeof(ulong) => "a whole number, 0 or more",
        _ => "a number",
    };

    /// <summary>How to write one.</summary>
    public static string Fix(Type type) => type switch
    {
        _ when type.IsEnum => $"write {Expected(type)}",
        _ when type == typeof(string) => "write text, in quotes where it holds a colon, a bracket or a number sign",
        _ when type == typeof(bool) => "write true or false, without quotes",
        _ when type == typeof(float) || type == typeof(double) => "write a finite number such as 0.03 or 1e-4, without quotes or unit",
        _ when type == typeof(ulong) => "write digits only, such as 200",
        _ => $"write digits only, such as 200; at most {(type == typeof(int) ? int.MaxValue : long.MaxValue)}",
    };

    /// <summary>The value; null where the text does not stand for one.</summary>
    public static object? Parse(Type type, YamlScalar scalar)
    {
        string text = scalar.Text;
        if (type == typeof(string)) return text;
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().FirstOrDefault(value => text == Kebab(value) || text == Camel(value));
        if (!scalar.IsPlain) return null;
        CultureInfo culture = CultureInfo.InvariantCulture;
        const NumberStyles Whole = NumberStyles.AllowLeadingSign,
            Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (type == typeof(bool)) return text switch { "true" => true, "false" => false, _ => null };
        if (type == typeof(int)) return int.TryParse(text, Whole, culture, out int i) ? i : null;
        if (type == typeof(long)) return long.TryParse(text, Whole, culture, out long l) ? l : null;
        if (type == typeof(ulong)) return ulong.TryParse(text, Whole, culture, out ulong u) ? u : null;
        if (type == typeof(float)) return float.TryParse(text, Real, culture, out float f) && float.IsFinite(f) ? f : null;
        return double.TryParse(text, Real, culture, out double d) && double.IsFinite(d) ? d : null;
    }

    /// <summary>The node that <see cref="Parse"/> reads back as the same value.</summary>
    public static YamlScalar Write(object value) => value switch
    {
        string text => new YamlScalar(text, IsPlain: YamlPrinter.IsSafe(text), default),
        bool truth => Plain(truth ? "true" : "false"),
        Enum => Plain(Kebab(value)),
        float number => Plain(Real(number.ToString("R", CultureInfo.InvariantCulture))),
        double number => Plain(Real(number.ToString("R", CultureInfo.InvariantCulture))),
        IFormattable number => Plain(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"{value.GetType()} is no single value", nameof(value)),
    };

    public static IReadOnlyList<string> Names(Type type) => [.. Enum.GetValues(type).Cast<object>().Select(Kebab)];

    // 1E-05 becomes 1.0e-05: YAML 1.1 readers take an exponent for a number only behind a decimal point.
    private static string Real(string text)
    {
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        if (exponent < 0) return text;
        string mantissa = text[..exponent];
        return $"{mantissa}{(mantissa.Contains('.', StringComparison.Ordinal) ? "" : ".0")}e{text[(exponent + 1)..]}";
    }

    private static YamlScalar Plain(string text) => new(text, IsPlain: true, default);

    private static string Kebab(object value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()!);

    private static string Camel(object value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!);
}
