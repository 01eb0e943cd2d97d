// Runs in Rhino, the JavaScript that veraPDF itself judges by: one line of JSON for each file and each standard.
/* global Packages, arguments, java, print */

const { Foundries, flavours, results } = Packages.org.verapdf.pdfa;
const STANDARDS = [flavours.PDFAFlavour.PDFA_3_A, flavours.PDFAFlavour.PDFUA_1];
const FILES = arguments;

function judge(file, standard) {
  const foundry = Foundries.defaultInstance();
  const parser = foundry.createParser(new java.io.File(file), standard);
  try {
    const judged = foundry.createValidator(standard, false).validate(parser);
    const broken = Array.from(judged.getTestAssertions().toArray())
      .filter((assertion) => assertion.getStatus() === results.TestAssertion.Status.FAILED)
      .map((assertion) => `${assertion.getRuleId().getClause()} ${assertion.getMessage()}`);
    return { standard: String(standard.getId()), holds: judged.isCompliant(), broken };
  } finally {
    parser.close();
  }
}

Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
FILES.forEach((file) =>
  STANDARDS.forEach((standard) => print(JSON.stringify(Object.assign({ file }, judge(file, standard))))),
);
