namespace MocoSharp.Reports;

/// <summary>What one test came to, as the run's <c>eval/</c> keeps it.</summary>
/// <param name="Name">The file's name without extension: two of one name were made in the same way.</param>
/// <param name="Test">knn, linear, finetune or views.</param>
/// <param name="Settings">How it was made: names and values.</param>
/// <param name="Scores">What came out, in the file's order.</param>
/// <param name="Classes">What came of each class; empty where the test says nothing of it.</param>
/// <param name="Confusion">The picture of which class was taken for which; null where there is none.</param>
public sealed record StoredEvaluation(
    string Name, string Test, IReadOnlyList<ReportFact> Settings, IReadOnlyList<StoredScore> Scores, IReadOnlyList<StoredClass> Classes,
    ReportPicture? Confusion)
{
    /// <summary>The run's own scores: those of its trained features.</summary>
    public IEnumerable<StoredScore> Trained => Scores.Where(static score => score.IsTrained);
}

/// <summary>One figure of a test.</summary>
/// <param name="Features">Whose it is: pixels, untrained, trained, scratch, fine-tuned, a view.</param>
/// <param name="Kind">Which test of several in one file: knn, linear, match.</param>
/// <param name="IsTrained">Whether it is that of what the run has learned.</param>
/// <param name="Labels">Labels that were learned from; null where the test does not say.</param>
/// <param name="Accuracy">Top-1 on the test pictures in percent, the mean where labels were drawn several times.</param>
/// <param name="Spread">Standard deviation over the draws, in percent; null of one.</param>
/// <param name="Draws">How often labels were drawn; null where they were not.</param>
/// <param name="BestEpoch">The same after the epoch that held-out labels choose, in percent, the mean over the draws; null where the test
/// has no epochs, or held none out.</param>
public sealed record StoredScore(
    string Features, string Kind, bool IsTrained, int? Labels, double Accuracy, double? Spread, int? Draws, double? BestEpoch = null);

/// <summary>What came of one class's test pictures.</summary>
/// <param name="Name">The class.</param>
/// <param name="Pictures">Its test pictures.</param>
/// <param name="Accuracy">How many were recognized, in percent; null where there is none.</param>
/// <param name="MistakenFor">The class that it was most often taken for; null where it never was.</param>
public sealed record StoredClass(string Name, int Pictures, double? Accuracy, string? MistakenFor);

/// <summary>A name and a value, both for people.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value.</param>
public sealed record ReportFact(string Name, string Value);

/// <summary>Something that a report cannot show.</summary>
/// <param name="Part">What it is.</param>
/// <param name="Reason">Why, a sentence without its end.</param>
/// <param name="Command">The command that makes it; null where none does.</param>
public sealed record MissingPart(string Part, string Reason, string? Command);
