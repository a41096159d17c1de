namespace CoreMLQuant.Errors;

/// <summary>
/// Ids of the module's error records. Scripts match on them: they never change. A file that is not what it claims to be
/// has the name of the <see cref="FormatRule"/> that it breaks.
/// </summary>
internal static class ErrorIds
{
    public const string ModelNotFound = nameof(FormatRule.ModelNotFound);
    public const string InvalidPath = nameof(InvalidPath);
    public const string NotFileSystemPath = nameof(NotFileSystemPath);
    public const string ReadFailed = nameof(ReadFailed);
    public const string WriteFailed = nameof(WriteFailed);
    public const string IncompatibleParameters = nameof(IncompatibleParameters);
    public const string InvalidRecipe = nameof(InvalidRecipe);
    public const string InvalidRecipeFile = nameof(InvalidRecipeFile);
    public const string PresetNotFound = nameof(PresetNotFound);
    public const string RecipeNotApplicable = nameof(RecipeNotApplicable);
    public const string EditNotApplicable = nameof(EditNotApplicable);
    public const string SourceHasErrors = nameof(SourceHasErrors);
    public const string InvalidPattern = nameof(InvalidPattern);
    public const string InvalidArgument = nameof(InvalidArgument);
    public const string InvalidLogPath = nameof(InvalidLogPath);
    public const string InvalidDestination = nameof(InvalidDestination);
    public const string DestinationExists = nameof(DestinationExists);
    public const string DestinationIsSource = nameof(DestinationIsSource);
    public const string DestinationIncomplete = nameof(DestinationIncomplete);
    public const string DestinationOutdated = nameof(DestinationOutdated);
    public const string DestinationNotAFolder = nameof(DestinationNotAFolder);
    public const string DestinationTaken = nameof(DestinationTaken);
    public const string DestinationExtensionMismatch = nameof(DestinationExtensionMismatch);
    public const string NotAProgram = nameof(NotAProgram);
    public const string WeightBelowSnr = nameof(WeightBelowSnr);
    public const string RuntimeNotAvailable = nameof(RuntimeNotAvailable);
    public const string ModelNotRunnable = nameof(ModelNotRunnable);
    public const string RunFailed = nameof(RunFailed);
    public const string InputMismatch = nameof(InputMismatch);
    public const string InvalidSampleData = nameof(InvalidSampleData);
    public const string OutputBelowSnr = nameof(OutputBelowSnr);
    public const string OutputBelowAgreement = nameof(OutputBelowAgreement);
    public const string AssemblyNotPossible = nameof(AssemblyNotPossible);
    public const string UnexpectedFailure = nameof(UnexpectedFailure);
}
