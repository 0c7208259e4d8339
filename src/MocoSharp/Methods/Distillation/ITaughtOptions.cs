namespace MocoSharp.Methods.Distillation;

/// <summary>Settings of a method that learns from what a teacher made of each picture.</summary>
public interface ITaughtOptions
{
    /// <summary>D: numbers a picture that the teacher gives.</summary>
    int TeacherFeatures { get; }

    /// <summary>The file that holds them; a path that is not whole is below the run's folder.</summary>
    string Teacher { get; }
}
