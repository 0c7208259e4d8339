using System.Collections;
using System.Globalization;

namespace MocoSharp;

/// <summary>The values that a setting takes: a number's own, of an interval both ends, of a list each item. Stands on the parameter of a
/// record's constructor.</summary>
/// <param name="least">The least one.</param>
/// <param name="most">The greatest one; <see cref="int.MaxValue"/> where no need for a limit is known.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BoundsAttribute(double least, double most) : Attribute
{
    /// <summary>The least value.</summary>
    public double Least { get; } = least;

    /// <summary>The greatest value.</summary>
    public double Most { get; } = most;

    /// <summary>Whether values must lie above <see cref="Least"/>.</summary>
    public bool ExceptLeast { get; init; }

    /// <summary>Whether values must lie below <see cref="Most"/>.</summary>
    public bool ExceptMost { get; init; }

    /// <summary>Whether a value lies within; nothing does where it is no number.</summary>
    /// <param name="value">A number, an interval, a list of them, or null, which is always within.</param>
    public bool Hold(object? value) => value switch
    {
        null => true,
        IInterval range => range.Least <= range.Most && Hold((float)range.Least) && Hold((float)range.Most),
        float number => Hold(number, (float)Least, (float)Most),        // 0.01 as a float is less than 0.01
        IConvertible number => Hold(number.ToDouble(CultureInfo.InvariantCulture), Least, Most),
        IEnumerable items => items.Cast<object?>().All(Hold),
        _ => throw new ArgumentException($"{value.GetType()} holds no numbers", nameof(value)),
    };

    /// <summary>For errors and lists of settings: "a number from 0 to 1", "two numbers, the lower first, above 0 and up to 1".</summary>
    /// <param name="type">The setting's type.</param>
    public string Takes(Type type) => type.IsAssignableTo(typeof(IInterval)) ? $"two numbers, the lower first, {Span}"
        : type.IsAssignableTo(typeof(IEnumerable)) ? $"numbers {Span}" : $"a number {Span}";

    private string Span => (ExceptLeast, ExceptMost, Most) switch
    {
        (true, _, >= int.MaxValue) => $"above {Text(Least)}",
        (false, _, >= int.MaxValue) => $"of {Text(Least)} or more",
        (true, true, _) => $"above {Text(Least)} and below {Text(Most)}",
        (true, false, _) => $"above {Text(Least)} and up to {Text(Most)}",
        (_, true, _) => $"from {Text(Least)} to below {Text(Most)}",
        _ => $"from {Text(Least)} to {Text(Most)}",
    };

    private bool Hold(double value, double least, double most) =>
        (ExceptLeast ? value > least : value >= least) && (ExceptMost ? value < most : value <= most);

    private static string Text(double value) => value.ToString("0.##########", CultureInfo.InvariantCulture);
}
