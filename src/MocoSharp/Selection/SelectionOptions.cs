using System.Globalization;
using MocoSharp.Features;

namespace MocoSharp.Selection;

/// <summary>By what pictures are chosen.</summary>
public enum SelectionRule
{
    /// <summary>Far from each other and from the labeled ones: the farthest first (Sener and Savarese 2018, arXiv:1708.00489, the greedy
    /// form).</summary>
    KCenter,

    /// <summary>The densest of each cluster (Hacohen, Dekel and Weinshall 2022, arXiv:2202.02794).</summary>
    Typical,

    /// <summary>Those whose two likeliest classes a kept classifier tells apart least.</summary>
    Uncertain,

    /// <summary>Least like every labeled one.</summary>
    Novel,

    /// <summary>Any, each as likely.</summary>
    Random,
}

/// <summary>A rule and its part of the budget.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Weight">Its part in proportion to the others', above 0.</param>
public sealed record SelectionShare(SelectionRule Rule, double Weight = 1)
{
    /// <summary>The names that <see cref="Parse"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<SelectionRule>().Select(Name)];

    /// <summary>What a rule is called: "k-center".</summary>
    /// <param name="rule">The rule.</param>
    public static string Name(SelectionRule rule) => rule == SelectionRule.KCenter ? "k-center" : rule.ToString().ToLowerInvariant();

    /// <summary>Reads what a person writes: "typical", "typical,uncertain", "typical:3,random:1".</summary>
    /// <param name="text">Rules, each once, with commas between; a weight stands behind a colon.</param>
    /// <returns>Null where it is none of these.</returns>
    public static IReadOnlyList<SelectionShare>? Parse(string text)
    {
        List<SelectionShare> shares = [];
        foreach (string part in text.Split(','))
        {
            string[] halves = part.Split(':');
            int rule = Array.IndexOf([.. Names], halves[0].Trim());
            double weight = 1;
            if (rule < 0 || halves.Length > 2 || shares.Exists(share => share.Rule == (SelectionRule)rule)) return null;
            if (halves.Length == 2 && !(double.TryParse(halves[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight)
                && weight > 0 && double.IsFinite(weight))) return null;
            shares.Add(new SelectionShare((SelectionRule)rule, weight));
        }
        return shares;
    }

    /// <summary>Splits a budget in proportion to the weights, the largest remainders rounded up.</summary>
    internal static int[] Split(int budget, IReadOnlyList<SelectionShare> shares)
    {
        double sum = shares.Sum(static share => share.Weight);
        double[] exact = [.. shares.Select(share => budget * share.Weight / sum)];
        int[] counts = [.. exact.Select(static value => (int)value)];
        foreach (int more in Enumerable.Range(0, counts.Length).OrderByDescending(i => exact[i] - counts[i])
            .Take(budget - counts.Sum())) counts[more]++;
        return counts;
    }
}

/// <summary>Which pictures are chosen for labeling.</summary>
/// <param name="Budget">How many, 1 or more.</param>
/// <param name="By">The rules, each with its part of the budget, in the order in which they choose: none takes what an earlier one took.
/// Null for typical ones.</param>
/// <param name="LabelFile">What is labeled already: a CSV file with the columns file and label; null for nothing.</param>
/// <param name="Head">The file of a kept classifier, <c>heads/NAME.safetensors</c> of a run; needed by
/// <see cref="SelectionRule.Uncertain"/>.</param>
/// <param name="Below">Choose only among pictures whose names begin so, such as <c>train/</c>; empty for all; null leaves out the part to
/// test on, where there is one.</param>
/// <param name="Seed">Of random choices and of the clusters' start.</param>
/// <param name="FillKnown">Whether the chosen ones get the labels that the file of embeddings has, for experiments.</param>
/// <param name="Layer">Which layer of a Parquet file that holds several; null for the only one.</param>
public sealed record SelectionOptions(
    int Budget, IReadOnlyList<SelectionShare>? By = null, string? LabelFile = null, string? Head = null, string? Below = null,
    ulong Seed = 1, bool FillKnown = false, FeatureSpace? Layer = null)
{
    /// <summary>The rules, each with its part of the budget.</summary>
    public IReadOnlyList<SelectionShare> By { get; init; } = By ?? [new SelectionShare(SelectionRule.Typical)];

    /// <exception cref="OptionException">Something is out of range.</exception>
    internal SelectionOptions Checked()
    {
        OptionException.Require(Budget >= 1, "budget", Budget, "a whole number of 1 or more");
        OptionException.Require(By.Count > 0 && By.DistinctBy(static share => share.Rule).Count() == By.Count
            && By.All(static share => share.Weight > 0 && double.IsFinite(share.Weight)), "by",
            string.Join(",", By.Select(static share => SelectionShare.Name(share.Rule))),
            "one rule or more, each once, with weights above 0");
        return this;
    }
}
