using System.Globalization;
using System.Text.Json;

namespace MocoSharp;

/// <summary>A setting's value is out of its range or does not fit another one.</summary>
public sealed class OptionException : MocoException
{
    /// <summary>The id of all errors of this kind.</summary>
    public const string Code = "MS2102";

    /// <summary>Makes an error.</summary>
    /// <param name="option">The setting, as its record calls it; recipes write it in camel case.</param>
    /// <param name="value">The value that was given.</param>
    /// <param name="problem">Goes on from "queueLength is 128, …".</param>
    /// <param name="fix">How to fix it.</param>
    /// <param name="at">The file or folder that it does not fit, where there is one.</param>
    public OptionException(string option, object? value, string problem, string fix, string? at = null)
        : base(Code, $"{JsonNamingPolicy.CamelCase.ConvertName(option)} is {Text(value)}, {problem}", at, fix) => Option = option;

    /// <summary>The setting's name in its record.</summary>
    public string Option { get; }

    /// <summary>Throws unless a setting is in its range.</summary>
    /// <param name="holds">Whether it is.</param>
    /// <param name="option">The setting.</param>
    /// <param name="value">Its value.</param>
    /// <param name="takes">What it takes: "a number above 0".</param>
    public static void Require(bool holds, string option, object? value, string takes)
    {
        if (!holds) throw new OptionException(option, value, $"and it takes {takes}",
            fix: $"set {JsonNamingPolicy.CamelCase.ConvertName(option)} to {takes}");
    }

    private static string Text(object? value) => value switch
    {
        null => "empty",
        bool on => on ? "true" : "false",
        System.Collections.IEnumerable list and not string => $"[{string.Join(", ", list.Cast<object>())}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "empty",
    };
}
