using System;
using System.IO;
using System.Management.Automation;
using CoreMLQuant.Abstractions;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Formatting;
using CoreMLQuant.Onnx;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using CoreMLQuant.Running;

namespace CoreMLQuant.Errors;

/// <summary>What went wrong, as error records: a stable id, the right category, the path as target object.</summary>
internal static class ErrorRecords
{
    /// <summary>A failure while a model was opened, described or planned.</summary>
    public static ErrorRecord ToReadError(this Exception exception, string path) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new ErrorRecord(exception, ErrorIds.ModelNotFound, ErrorCategory.ObjectNotFound, path),
        _ => exception.ToRecord(ErrorIds.ReadFailed, ErrorCategory.ReadError, path),
    };

    /// <summary>A failure while a model was converted and written.</summary>
    public static ErrorRecord ToWriteError(this Exception exception, string path) =>
        exception.ToRecord(ErrorIds.WriteFailed, ErrorCategory.WriteError, path);

    /// <summary>What is wrong with what the user specified; <see langword="null"/> for any other failure.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="model">Full path of the model that it does not go with; <see langword="null"/> when it is wrong for all.</param>
    public static ErrorRecord? ToParameterError(this Exception exception, string? model = null) => exception switch
    {
        PathException path => path.Error,
        ArgumentException => new ErrorRecord(exception, ErrorIds.InvalidPattern, ErrorCategory.InvalidArgument, model),
        RecipeException => new ErrorRecord(exception, ErrorIds.InvalidRecipe, ErrorCategory.InvalidArgument, model),
        RecipeFileException file => new ErrorRecord(exception, ErrorIds.InvalidRecipeFile, ErrorCategory.InvalidData, file.File),
        _ => null,
    };

    /// <summary>An error that the module itself finds, with the words for it.</summary>
    public static ErrorRecord Create(string id, ErrorCategory category, object? target, string message, Exception? inner = null) =>
        new(new InvalidOperationException(message, inner), id, category, target);

    /// <summary>There is no file or folder at the path.</summary>
    public static ErrorRecord NotFound(string path) => new(
        new ItemNotFoundException($"'{path}' does not exist."),
        ErrorIds.ModelNotFound,
        ErrorCategory.ObjectNotFound,
        path);

    /// <summary>The same error, shown without the controls that names and paths may hold; exception and target keep them.</summary>
    public static ErrorRecord Printable(this ErrorRecord error)
    {
        string message = error.ErrorDetails?.Message ?? error.Exception.Message;
        string shown = PrintableText.Of(message);
        if (shown != message)
        {
            error.ErrorDetails = new ErrorDetails(shown) { RecommendedAction = error.ErrorDetails?.RecommendedAction };
        }

        error.CategoryInfo.TargetName = PrintableText.Of(error.CategoryInfo.TargetName);
        return error;
    }

    private static ErrorRecord ToRecord(this Exception exception, string ioId, ErrorCategory ioCategory, string path) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => only.ToRecord(ioId, ioCategory, path),
        CoreMLFormatException e => new ErrorRecord(e, e.Rule.ToString(), CategoryOf(e.Rule), path),
        DestinationExistsException => new ErrorRecord(exception, ErrorIds.DestinationExists, ErrorCategory.ResourceExists, path),
        DestinationIsSourceException => new ErrorRecord(exception, ErrorIds.DestinationIsSource, ErrorCategory.InvalidArgument, path),
        RecipeException => new ErrorRecord(exception, ErrorIds.RecipeNotApplicable, ErrorCategory.InvalidOperation, path)
        {
            // It knows the rule and not the model.
            ErrorDetails = new ErrorDetails($"'{path}': {exception.Message}"),
        },
        EditException => new ErrorRecord(exception, ErrorIds.EditNotApplicable, ErrorCategory.InvalidOperation, path)
        {
            ErrorDetails = new ErrorDetails($"'{path}': {exception.Message}"),
        },
        UnauthorizedAccessException => new ErrorRecord(exception, ioId, ErrorCategory.PermissionDenied, path),
        IOException => new ErrorRecord(exception, ioId, ioCategory, path),

        RuntimeNotAvailableException => new ErrorRecord(exception, ErrorIds.RuntimeNotAvailable, ErrorCategory.NotInstalled, path),
        ModelNotRunnableException or NotRunnableException => new ErrorRecord(exception, ErrorIds.ModelNotRunnable, ErrorCategory.NotImplemented, path),
        ModelRunException => new ErrorRecord(exception, ErrorIds.RunFailed, ErrorCategory.InvalidOperation, path),
        InputMismatchException => new ErrorRecord(exception, ErrorIds.InputMismatch, ErrorCategory.InvalidArgument, path),
        SampleDataException e => new ErrorRecord(e, ErrorIds.InvalidSampleData, ErrorCategory.InvalidData, e.File),
        PathException e => e.Error,
        AssemblyException e => new ErrorRecord(e, ErrorIds.AssemblyNotPossible, ErrorCategory.InvalidOperation, e.Model),

        // A pattern that takes too long on a name of this model.
        PatternException => new ErrorRecord(exception, ErrorIds.InvalidPattern, ErrorCategory.InvalidArgument, path),
        // What the options of a call ask for and the model does not have.
        ArgumentException { ParamName: "options" or "wanted" } => new ErrorRecord(exception, ErrorIds.InvalidArgument, ErrorCategory.InvalidArgument, path),
        NotSupportedException => new ErrorRecord(exception, ErrorIds.UnexpectedFailure, ErrorCategory.NotImplemented, path),
        _ => new ErrorRecord(exception, ErrorIds.UnexpectedFailure, ErrorCategory.NotSpecified, path),
    };

    private static ErrorCategory CategoryOf(FormatRule rule) => rule switch
    {
        FormatRule.ModelNotFound => ErrorCategory.ObjectNotFound,
        FormatRule.PathOutsidePackage => ErrorCategory.SecurityError,
        FormatRule.UnknownProgramVersion => ErrorCategory.NotImplemented,
        FormatRule.TooLarge or FormatRule.NestingTooDeep => ErrorCategory.LimitsExceeded,
        FormatRule.NotAModel or FormatRule.CompiledModel or FormatRule.CompiledNeuralNetwork or FormatRule.EncryptedModel => ErrorCategory.InvalidType,
        _ => ErrorCategory.InvalidData,
    };
}
