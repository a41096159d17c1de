using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Reporting.Page;
using CoreMLQuant.Sensitivity;

namespace CoreMLQuant.Reporting;

/// <summary>
/// What there is to know of a model, or of a model and the one it is compared with, as one HTML file that needs nothing else.
/// The same models produce the same bytes: it contains no times and no folders.
/// </summary>
public sealed class ModelReport
{
    /// <summary>Extension of a report.</summary>
    public const string FileExtension = ".html";

    private ModelReport(ReportPage page) => Html = PageWriter.Write(page);

    /// <summary>The file's text.</summary>
    public string Html { get; }

    /// <summary>Reports on one model. All of its weights are read.</summary>
    /// <param name="path">The model.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="followLinks">Whether links may lead out of a model.</param>
    /// <param name="sensitivity">What compressing its weights costs, as measured; <see langword="null"/> where nobody did.</param>
    /// <exception cref="CoreMLFormatException">There is no model at the path, or it breaks a rule of the format.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    public static ModelReport Of(string path, CancellationToken cancellationToken = default, bool followLinks = false, IReadOnlyCollection<WeightSensitivity>? sensitivity = null)
    {
        using ModelFile model = ModelFile.Open(path, followLinks, cancellationToken);
        return new ModelReport(SingleModelPage.Create(model, sensitivity ?? [], cancellationToken));
    }

    /// <summary>Reports on a comparison. Of the weights only the worst are read again.</summary>
    /// <param name="comparison">The comparison; its models must still be at the same paths.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="followLinks">Whether links may lead out of a model.</param>
    /// <param name="sensitivity">What compressing its weights costs, as measured; <see langword="null"/> where nobody did.</param>
    /// <exception cref="CoreMLFormatException">There is no model at a path, or it breaks a rule of the format.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    public static ModelReport Of(ModelComparison comparison, CancellationToken cancellationToken = default, bool followLinks = false, IReadOnlyCollection<WeightSensitivity>? sensitivity = null)
    {
        using ModelFile reference = ModelFile.Open(comparison.ReferencePath, followLinks, cancellationToken);
        using ModelFile difference = ModelFile.Open(comparison.DifferencePath, followLinks, cancellationToken);
        return new ModelReport(ComparisonPage.Create(comparison, null, sensitivity ?? [], reference, difference, cancellationToken));
    }

    /// <summary>Reports on a conversion: compares its result with its source. All weights of both are read.</summary>
    /// <param name="conversion">The conversion; both models must still be at the same paths.</param>
    /// <param name="progress">Told how far the comparison is; from any thread.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="followLinks">Whether links may lead out of a model.</param>
    /// <param name="sensitivity">What compressing its weights costs, as measured; <see langword="null"/> where nobody did.</param>
    /// <exception cref="CoreMLFormatException">There is no model at a path, or it breaks a rule of the format.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    public static ModelReport Of(ConversionResult conversion, IProgress<ConversionProgress>? progress = null, CancellationToken cancellationToken = default, bool followLinks = false, IReadOnlyCollection<WeightSensitivity>? sensitivity = null)
    {
        using ModelFile reference = ModelFile.Open(conversion.SourcePath, followLinks, cancellationToken);
        using ModelFile difference = ModelFile.Open(conversion.Path, followLinks, cancellationToken);
        ModelComparison comparison = ModelComparer.Compare(reference, difference, progress, cancellationToken);
        return new ModelReport(ComparisonPage.Create(comparison, conversion, sensitivity ?? [], reference, difference, cancellationToken));
    }

    /// <summary>Writes the file, complete or not at all.</summary>
    /// <param name="destination">Full path.</param>
    /// <param name="options">Whether to replace an existing file, and whether to wait until it is on disk.</param>
    /// <returns><see langword="false"/> when the file system cannot confirm that it is on disk.</returns>
    /// <exception cref="DestinationExistsException">The file exists and must not be replaced.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool Save(string destination, OutputOptions options)
    {
        using StagedOutput staged = StagedOutput.Begin(destination, options.Overwrite);
        staged.Write(path => File.WriteAllText(path, Html, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
        return staged.Commit(options);
    }
}
