using MocoSharp.Selection;

namespace MocoSharp;

/// <summary>Which pictures are the most worth labeling.</summary>
/// <param name="Embeddings">Where they were chosen.</param>
/// <param name="Chosen">In the order in which they were chosen.</param>
/// <param name="Labeled">What is labeled already, in the order of its file; empty without one.</param>
/// <param name="Candidates">Pictures among which they were chosen.</param>
/// <param name="Absent">Pictures without an embedding, which none can choose.</param>
/// <param name="NotBelow">Pictures whose names do not begin as <paramref name="Below"/>.</param>
/// <param name="Unfilled">Rows of the label file without a label; they count as unlabeled.</param>
/// <param name="NotInFile">Labeled names that the file of embeddings does not have, or has no embedding of; they count for
/// nothing.</param>
/// <param name="Below">How the names of those begin among which was chosen; null or empty for any.</param>
/// <param name="WithoutLabel">Chosen ones whose label was to be filled in, and the file of embeddings has none.</param>
public sealed record SelectionResult(
    string Embeddings, IReadOnlyList<SelectedPicture> Chosen, IReadOnlyList<LabeledName> Labeled, int Candidates, int Absent, int NotBelow,
    int Unfilled, IReadOnlyList<string> NotInFile, string? Below, int WithoutLabel);

/// <summary>A picture that was chosen.</summary>
/// <param name="Name">Its name in the file of embeddings.</param>
/// <param name="Row">Its row there.</param>
/// <param name="Rule">The rule that chose it.</param>
/// <param name="Score">What the rule went by: the cosine with the nearest labeled or chosen one (k-center, novel; −1 for the first where
/// there is none), the density (typical), the margin of probabilities (uncertain); 0 for random ones.</param>
/// <param name="Label">Its label, where it was to be filled in and is known.</param>
public sealed record SelectedPicture(string Name, int Row, SelectionRule Rule, double Score, string? Label);

/// <summary>A picture that is labeled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Label">Its class.</param>
public sealed record LabeledName(string Name, string Label);
