namespace MocoSharp;

/// <summary>Which pictures a run is tested on; all null for the run's own.</summary>
/// <param name="Data">Other pictures than the run's, or where the same ones are now.</param>
/// <param name="Test">Other test pictures than those beside the pictures to learn from.</param>
/// <param name="LabelFile">Labels that came later: a CSV file with the columns file (its path below the pictures' folder) and
/// label.</param>
/// <param name="TestLabelFile">The same for test pictures.</param>
public sealed record TestPictures(string? Data = null, string? Test = null, string? LabelFile = null, string? TestLabelFile = null);
